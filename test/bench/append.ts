import { fileURLToPath } from "node:url";
import type { BenchOptions, Print } from "./parts/report.ts";
import { runScript } from "./parts/script.ts";

export const name = "append: the event store alone, its callers waiting for each acknowledgement, and pages of events";

export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  const file = fileURLToPath(new URL("../../edge/core-data/src/store/append.bench.ts", import.meta.url));
  await runScript(file, [], [quick ? "10000" : "1000000"], print);
}
