// Remembers which lock file node_modules was made from, so that scripts/run.mjs knows whether `npm ci` is due.
// Run as the root's postinstall, so a developer's own `npm install` counts too. Built-ins only, syntax of Node 18.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const lockFile = fileURLToPath(new URL("../package-lock.json", import.meta.url));
export const stampFile = fileURLToPath(new URL("../node_modules/.jx-lock-hash", import.meta.url));

export function lockHash() {
  return createHash("sha256").update(readFileSync(lockFile)).digest("hex");
}

export function writeStamp() {
  writeFileSync(stampFile, lockHash());
}

const isScript = process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1];
if (isScript && existsSync(lockFile)) writeStamp();
