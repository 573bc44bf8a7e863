import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RUN_FILE, type RunFile } from "@jx/contracts";

/** Written beside and renamed: nobody reads half a file, and one that a crash left keeps neither mode nor owner. */
export function writeRunFile(dataDir: string, content: RunFile): Disposable {
  const path = join(dataDir, RUN_FILE);
  const fresh = `${path}.new`;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(fresh, path);
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}
