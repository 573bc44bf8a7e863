// One bench in a process of its own, so that no other has warmed or filled it; parts/run-bench.ts reads what it sends.
import { pathToFileURL } from "node:url";
import type { Bench, BenchOptions } from "./report.ts";

const [file = "", options = "{}"] = process.argv.slice(2);
const bench = (await import(pathToFileURL(file).href)) as Bench;
await bench.run((line, ...figures) => void process.send?.({ line, figures }), JSON.parse(options) as BenchOptions);
process.disconnect?.();
