#!/usr/bin/env node
// `jx` in a clone (`npx jx …`), from source on the pinned Node: `jx start` runs the edge, every other word is the
// command line's. scripts/release/jx does the same for an unpacked release.
const start = process.argv[2] === "start";
const entry = start ? "scripts/start.ts" : "apps/cli/src/main.ts";
process.argv.splice(2, start ? 1 : 0, entry);
await import("./run.mjs");
