// `npm run check`: lint and format, types, layers. With one of these words, that one alone.
import { spawnSync } from "node:child_process";
import { checkLayers } from "./check-layers.ts";

const CHECKS: Readonly<Record<string, () => boolean>> = {
  lint: () => runTool("biome", "check", "--error-on-warnings"),
  types: () =>
    ["tsconfig.json", "tsconfig.pure.json", "tsconfig.dom.json"].map((p) => runTool("tsc", "-p", p)).every(Boolean),
  layers: () => {
    const problems = checkLayers(process.cwd());
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    return problems.length === 0;
  },
};

const wanted = process.argv.slice(2);
const failed = Object.entries(CHECKS).filter(([name, check]) => {
  if (wanted.length > 0 && !wanted.includes(name)) return false;
  const started = performance.now();
  const good = check();
  process.stdout.write(`${good ? "✓" : "✗"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  return !good;
});
process.exitCode = failed.length === 0 ? 0 : 1;

/** Runs a tool of node_modules/.bin (first on PATH under npm) with its own output. */
function runTool(name: string, ...args: string[]): boolean {
  const { status, error } = spawnSync(`node_modules/.bin/${name}`, args, { stdio: "inherit" });
  if (error !== undefined) process.stdout.write(`${name}: ${error.message}\n`);
  return status === 0;
}
