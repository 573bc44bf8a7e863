import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What the figures were measured on; the load says how far they can be trusted. */
export function machine(): { readonly text: string; readonly load: readonly number[] } {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const load = loadavg().map((value) => Math.round(value * 100) / 100);
  return {
    text: `${availableParallelism()} × ${model}, ${gigabytes} GB, ${process.platform} ${process.arch}, Node ${process.version}, ${commit()}; load average ${load.join(" ")}`,
    load,
  };
}

function commit(): string {
  try {
    return `commit ${execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()}`;
  } catch {
    return "no commit";
  }
}
