import { fileURLToPath } from "node:url";
import type { BenchOptions, Print } from "./parts/report.ts";
import { runScript } from "./parts/script.ts";

export const name = "engine: 10,000 rules against a scan of all rules and an indexed walk, one thread";

/** Events per second of engines/pangu, interleaved with its baselines, which must fire the same. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  if (quick) return print("skipped in a quick run: it takes a minute whatever it is told");
  const file = fileURLToPath(new URL("../../engines/pangu/bench/engine.bench.ts", import.meta.url));
  await runScript(file, ["--expose-gc"], [], print);
}
