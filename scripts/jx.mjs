#!/usr/bin/env node
// `jx` in a clone (`npx jx …`): the command line, run from source on the pinned Node.
process.argv.splice(2, 0, "apps/cli/src/main.ts");
await import("./run.mjs");
