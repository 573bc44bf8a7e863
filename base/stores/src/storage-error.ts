import { AppError, messageOf } from "@jx/kit";
import { describeHolder, lockHolder } from "./holder.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html; the extended code carries them in its low byte. */
const SQLITE = { BUSY: 5, LOCKED: 6, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 } as const;

/** Turns what node:sqlite or the file system threw into an AppError of kind Storage that says what helps. */
export function storageError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error;
  const [code, text, facts] = explain(error, file);
  return new AppError("Storage", text, { code, cause: error, details: { file, reason: messageOf(error), ...facts } });
}

type Explained = readonly [code: string, text: string, facts?: Readonly<Record<string, unknown>>];

function explain(error: unknown, file: string): Explained {
  const { errcode, code } = error as { errcode?: number; code?: string };
  switch (errcode === undefined ? code : errcode & 0xff) {
    case SQLITE.FULL:
    case "ENOSPC":
    case "EDQUOT":
      return ["disk-full", `the disk that holds ${file} is full; free space, then try again ("jx doctor" shows it)`];
    case SQLITE.READONLY:
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return [
        "read-only",
        `${file} cannot be written: the file, its folder or the disk is read-only; check owner and mount`,
      ];
    case SQLITE.BUSY:
    case SQLITE.LOCKED: {
      const holder = lockHolder(file);
      const text = `${file} is locked by ${describeHolder(holder)}; stop that process, then try again`;
      return ["locked", text, { pid: holder?.pid, command: holder?.command }];
    }
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return [
        "corrupt",
        `${file} is damaged or no database; move it away and restore a backup ("jx doctor" checks it)`,
      ];
    case SQLITE.CANTOPEN:
    case "ENOENT":
    case "ENOTDIR":
      return ["cannot-open", `${file} cannot be opened: its folder is missing or not a folder, or access is denied`];
    case SQLITE.IOERR:
    case "EIO":
      return [
        "io-error",
        `reading or writing ${file} failed: ${messageOf(error)}; look at the kernel log for the disk`,
      ];
    default:
      return ["database", `${file}: ${messageOf(error)}`];
  }
}
