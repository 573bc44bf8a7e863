// `npm test`: unit tests in one process, then every other test file in a process of its own.
// Sub-commands: unit, integration, crash [--full], coverage; any other word keeps the files whose path has it.
import { globSync } from "node:fs";
import { parseArgs } from "node:util";
import { printCoverage, printResult, printTotals } from "./test/print.ts";
import { runSuite, type SuiteOptions, type SuiteResult } from "./test/run-suite.ts";

const UNIT = "{base,engines,edge,apps,plant,scripts}/**/*.test.ts";
const ISOLATED = "test/{integration,interop,conformance,e2e,crash}/**/*.test.ts";
const CONCURRENCY = 2;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { full: { type: "boolean" } } });
const commands = new Set(["unit", "integration", "crash", "coverage"]);
const command = positionals.find((word) => commands.has(word));
const words = positionals.filter((word) => !commands.has(word));

const abort = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => abort.abort());

process.exitCode = (await main()) ? 0 : 1;

async function main(): Promise<boolean> {
  const unit = command === undefined || command === "unit" || command === "coverage" ? find(UNIT) : [];
  const isolated = command === undefined || command === "integration" || command === "crash" ? find(ISOLATED) : [];
  const results: SuiteResult[] = [];
  const run = async (name: string, files: string[]): Promise<void> => {
    if (abort.signal.aborted) return;
    const result = await runSuite(suite(name, files));
    printResult(result);
    results.push(result);
  };
  if (unit.length > 0) await run(`unit (${unit.length} files)`, unit);
  const queue = isolated.filter((file) => command !== "crash" || file.startsWith("test/crash/"));
  const next = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await run(file, [file]);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, next));
  if (command === "coverage") printCoverage(results);
  return printTotals(results) && !abort.signal.aborted;
}

function find(pattern: string): string[] {
  const files = globSync(pattern, { exclude: (name) => name === "node_modules" });
  return files.filter((file) => words.every((word) => file.includes(word))).sort();
}

function suite(name: string, files: readonly string[]): SuiteOptions {
  const env: Record<string, string> = {};
  if (command === "coverage") {
    env.JX_TEST_COVERAGE = "1";
    // V8 counts nothing in functions that it took from the compile cache.
    env.NODE_DISABLE_COMPILE_CACHE = "1";
  }
  if (values.full) env.JX_CRASH_ROUNDS = "200";
  return { name, files, env, timeoutMs: values.full ? 3_600_000 : 600_000, signal: abort.signal };
}
