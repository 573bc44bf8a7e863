import { readFileSync } from "node:fs";

export interface ProcessMemory {
  /** MB resident (VmRSS of proc_pid_status(5)). */
  readonly rss: number;
  /** MB of it that no file backs: heaps and stacks. What files back is shared by the processes of one program. */
  readonly anonymous: number;
}

export function memoryOf(pid: number | undefined): ProcessMemory {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return { rss: megabytes("VmRSS"), anonymous: megabytes("RssAnon") };
}
