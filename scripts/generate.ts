// `npm run generate`: makes the parser of the rule language from its grammar. Its output is committed, and a test
// regenerates and compares it. Langium's command needs the pinned Node (Object.groupBy).
import { spawnSync } from "node:child_process";

const { status, error } = spawnSync(
  process.execPath,
  ["node_modules/langium-cli/bin/langium.js", "generate", "-f", "engines/pangu/langium-config.json"],
  { stdio: "inherit" },
);
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
