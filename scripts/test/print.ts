// What `npm test` shows: a line a suite, failures in full, skips with their reason, one line of totals.
import { styleText } from "node:util";
import type { SuiteResult } from "./run-suite.ts";
import type { TestReport } from "./suite.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const indent = (text: string): string => text.trimEnd().replaceAll(/^/gm, "    ");
const count = (tests: readonly TestReport[], status: TestReport["status"]): number =>
  tests.filter((test) => test.status === status).length;

export function printResult({ name, tests, output, durationMs }: SuiteResult): void {
  const failed = tests.filter((test) => test.status === "failed");
  const sign = failed.length === 0 ? styleText("green", "✓") : styleText("red", "✗");
  say(`${sign} ${name}: ${count(tests, "passed")} passed in ${(durationMs / 1000).toFixed(1)} s`);
  for (const { name, file, detail } of failed) {
    say(styleText("red", `  ✗ ${file} › ${name}`));
    say(indent(detail));
  }
  if (failed.length > 0 && output.trim() !== "") say(styleText("dim", `  Output of the suite:\n${indent(output)}`));
}

/** Prints the skipped tests and, alone on the last line, the sums; tells whether all is well. */
export function printTotals(results: readonly SuiteResult[]): boolean {
  const tests = results.flatMap((result) => result.tests);
  for (const { name, file, status, detail } of tests) {
    if (status === "skipped") say(styleText("yellow", `- skipped ${file} › ${name}: ${detail || "no reason given"}`));
  }
  const failed = count(tests, "failed");
  say(`${count(tests, "passed")} passed, ${failed} failed, ${count(tests, "skipped")} skipped`);
  return failed === 0 && tests.length > 0;
}

/** Line coverage of the unit tests, a row a package and one for all; a file that no test loads is in no row. */
export function printCoverage(results: readonly SuiteResult[]): void {
  const rows = new Map<string, { lines: number; covered: number }>();
  const add = (name: string, lines: number, covered: number): void => {
    const row = rows.get(name) ?? { lines: 0, covered: 0 };
    rows.set(name, { lines: row.lines + lines, covered: row.covered + covered });
  };
  for (const { path, lines, covered } of results.flatMap((result) => result.coverage?.files ?? [])) {
    if (path.endsWith(".test.ts") || path.startsWith("scripts/")) continue;
    add(path.split("/src/")[0] ?? path, lines, covered);
    add("all", lines, covered);
  }
  for (const [name, { lines, covered }] of [...rows].sort(
    ([a], [b]) => Number(a === "all") - Number(b === "all") || a.localeCompare(b),
  )) {
    say(`${((100 * covered) / lines).toFixed(1).padStart(6)} %  ${String(lines).padStart(6)} lines  ${name}`);
  }
}
