// Root postinstall: remembers which lock file node_modules was made from, so that scripts/run.mjs
// knows whether `npm ci` is due. Built-ins only, syntax of Node 18.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const lock = new URL("../package-lock.json", import.meta.url);
const modules = new URL("../node_modules/", import.meta.url);
if (existsSync(lock) && existsSync(modules)) {
  const hash = createHash("sha256").update(readFileSync(lock)).digest("hex");
  writeFileSync(new URL(".jx-lock-hash", modules), hash);
}
