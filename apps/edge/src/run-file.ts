import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What programs on this machine need to find and use a running edge; only its owner can read it. */
export interface RunFile {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly version: string;
  /** ms since 1970. */
  readonly startedAt: number;
}

export function runFilePath(dataDir: string): string {
  return join(dataDir, "run.json");
}

/** Written beside and renamed: nobody reads half a file, and one that a crash left keeps neither mode nor owner. */
export function writeRunFile(dataDir: string, content: RunFile): Disposable {
  const path = runFilePath(dataDir);
  const fresh = `${path}.new`;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(fresh, path);
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}
