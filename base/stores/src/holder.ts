import { readFileSync, statSync } from "node:fs";

/** A process that holds a lock on a file. */
export interface Holder {
  readonly pid: number;
  /** Its command line, "" when it may not be read. */
  readonly command: string;
}

/**
 * Who holds a POSIX lock on `file`, from Linux' /proc/locks; undefined when nobody does, or where there is no /proc.
 * Shared locks count as well: a reader may be what blocks a writer.
 */
export function lockHolder(file: string): Holder | undefined {
  try {
    const inode = String(statSync(file).ino);
    for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
      // "1: POSIX  ADVISORY  WRITE 6914 fe:00:9978031 1073741824 1073742335" (proc_locks(5))
      const fields = line.trim().split(/\s+/);
      const pid = Number(fields[4]);
      if (fields[5]?.split(":")[2] === inode && pid > 0) return { pid, command: commandOf(pid) };
    }
  } catch {
    // No /proc, or the file is gone: the caller says "another process".
  }
  return undefined;
}

/** The command line of a process, "" when it cannot be read. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

export function describeHolder(holder: Holder | undefined, language: "en" | "zh" = "en"): string {
  const zh = language === "zh";
  if (holder === undefined) return zh ? "另一个进程" : "another process";
  const { pid, command } = holder;
  if (command === "") return zh ? `进程 ${pid}` : `process ${pid}`;
  return zh ? `进程 ${pid}（${command}）` : `process ${pid} (${command})`;
}
