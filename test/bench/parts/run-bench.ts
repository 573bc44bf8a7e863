import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Bench, BenchOptions, Figure, Print } from "./report.ts";

const ONE = fileURLToPath(new URL("one.ts", import.meta.url));

/** Runs the bench of this file in a process of its own; true when it ended well. */
export async function runBench(file: string, { nodeFlags = [] }: Bench, options: BenchOptions, print: Print) {
  const child = fork(ONE, [file, JSON.stringify(options)], { execArgv: [...nodeFlags] });
  child.on("message", (message) => {
    const { line, figures } = message as { line: string; figures: readonly Figure[] };
    print(line, ...figures);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return code === 0;
}
