import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "@jx/kit";
import { commandOf, describeHolder, type Holder, lockHolder } from "./holder.ts";
import { storageError } from "./storage-error.ts";

export interface FolderLock extends Disposable {
  readonly folder: string;
}

/**
 * Locks a data folder for this process. The lock is the kernel's (through SQLite, on `<folder>/lock`), so it ends with
 * its process however that ends: nothing can go stale, and a reused pid proves nothing. `<folder>/lock.json` only tells
 * people who holds it.
 * @throws AppError StatusConflict naming pid and command of the holder; Storage when the folder cannot be written.
 */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, "lock");
  const label = join(folder, "lock.json");
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    // SQLite would only say that it cannot open the file.
    accessSync(folder, constants.W_OK);
    db = new DatabaseSync(file, { timeout: 0 });
    db.exec("BEGIN EXCLUSIVE");
    const me = { pid: process.pid, command: commandOf(process.pid), since: new Date().toISOString() };
    writeFileSync(label, `${JSON.stringify(me)}\n`);
  } catch (error) {
    db?.close();
    const problem = storageError(error, file);
    if (problem.code !== "locked") throw problem;
    const holder = lockHolder(file) ?? readLabel(label);
    throw new AppError(
      "StatusConflict",
      `the data folder ${folder} is in use by ${describeHolder(holder)}; stop it, or choose another folder with --data`,
      { code: "folder-locked", details: { folder, pid: holder?.pid, command: holder?.command }, cause: error },
    );
  }
  const held = db;
  return {
    folder,
    [Symbol.dispose]() {
      if (!held.isOpen) return;
      rmSync(label, { force: true });
      held.close();
    },
  };
}

/** The holder as the label names it, for systems without /proc. */
function readLabel(label: string): Holder | undefined {
  try {
    const { pid, command } = JSON.parse(readFileSync(label, "utf8")) as { pid?: unknown; command?: unknown };
    return typeof pid === "number" ? { pid, command: String(command ?? "") } : undefined;
  } catch {
    return undefined;
  }
}
