import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RUN_FILE, type RunFile, SERVICES_FILE, type ServicesFile } from "@jx/contracts";

export function writeRunFile(dataDir: string, content: RunFile): Disposable {
  return writeOwn(join(dataDir, RUN_FILE), content);
}

export function writeServicesFile(dataDir: string, content: ServicesFile): Disposable {
  return writeOwn(join(dataDir, SERVICES_FILE), content);
}

/** Written beside and renamed: nobody reads half a file, and one that a crash left keeps neither mode nor owner. */
function writeOwn(path: string, content: object): Disposable {
  const fresh = `${path}.new`;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(fresh, path);
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}
