/**
 * `npm run bench [-- name …] [--quick] [--minutes N]`: measures, prints, asserts nothing. Each bench runs in a process
 * of its own, one after the other. The figures also go to dist/bench.json.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machine } from "./parts/machine.ts";
import { type Bench, type Figure, shown } from "./parts/report.ts";
import { runBench } from "./parts/run-bench.ts";

const BENCHES = [
  "start",
  "reaction",
  "coil",
  "modbus",
  "modbus-fleet",
  "store",
  "pressure",
  "sustained",
  "devices",
  "idle",
  "readings",
  "append",
  "postgres",
  "bus",
  "broker-flood",
  "engine",
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, minutes: { type: "string", default: "1" } },
});
const unknown = positionals.filter((name) => !BENCHES.includes(name));
const minutes = Number(values.minutes);
if (unknown.length > 0 || !(minutes > 0)) {
  process.stderr.write(
    `usage: npm run bench [-- name …] [--quick] [--minutes N]; there are ${BENCHES.join(", ")}; N is a number above 0\n`,
  );
  process.exit(2);
}

const before = machine();
process.stdout.write(`${before.text}\n`);
const results: { bench: string; title: string; ended: boolean; lines: string[]; figures: Figure[] }[] = [];
for (const bench of positionals.length > 0 ? positionals : BENCHES) {
  const file = join(import.meta.dirname, `${bench}.ts`);
  const module = (await import(file)) as Bench;
  const result = { bench, title: module.name, ended: false, lines: [] as string[], figures: [] as Figure[] };
  results.push(result);
  process.stdout.write(`\n${module.name}\n`);
  result.ended = await runBench(file, module, { quick: values.quick, minutes }, (line, ...figures) => {
    process.stdout.write(`  ${line}\n`);
    result.lines.push(line);
    result.figures.push(...figures);
  });
  if (!result.ended) process.exitCode = 1;
}

process.stdout.write(`\n${table()}`);
const out = join(import.meta.dirname, "../../dist");
mkdirSync(out, { recursive: true });
const report = { date: new Date().toISOString(), machine: before.text, quick: values.quick, minutes, results };
writeFileSync(join(out, "bench.json"), `${JSON.stringify(report, null, 2)}\n`);

function table(): string {
  const rows = results.flatMap(({ bench, ended, figures }) => [
    ...figures.map((each) => [bench, each.name, `${shown(each.value)} ${each.unit}`.trim(), target(each)]),
    ...(ended ? [] : [[bench, "did not end well", "", ""]]),
  ]);
  const width = (column: number): number => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map(([bench = "", name = "", value = "", wanted = ""]) =>
      `${bench.padEnd(width(0))}  ${name.padEnd(width(1))}  ${value.padStart(width(2))}  ${wanted}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function target({ value, atMost, atLeast }: Figure): string {
  if (atMost !== undefined) return `wanted ≤ ${atMost}${value <= atMost ? "" : "  MISSED"}`;
  if (atLeast !== undefined) return `wanted ≥ ${atLeast}${value >= atLeast ? "" : "  MISSED"}`;
  return "";
}
