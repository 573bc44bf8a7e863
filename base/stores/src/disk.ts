import { randomUUID } from "node:crypto";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { storageError } from "./storage-error.ts";

/** State of the disk under a folder, for health and doctor. */
export interface DiskReport {
  readonly folder: string;
  /** Bytes that this user can still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Why a write to the folder fails; undefined when it works. */
  readonly problem: string | undefined;
}

/** Looks at free space and tries a write of one small file, which is the only proof that a folder can be written. */
export async function inspectDisk(folder: string): Promise<DiskReport> {
  let freeBytes = 0;
  let totalBytes = 0;
  let problem: string | undefined;
  try {
    const stats = await statfs(folder);
    freeBytes = stats.bavail * stats.bsize;
    totalBytes = stats.blocks * stats.bsize;
    const probe = join(folder, `.probe-${randomUUID()}`);
    try {
      await writeFile(probe, "jx", { flag: "wx" });
    } finally {
      await rm(probe, { force: true });
    }
  } catch (error) {
    problem = storageError(error, folder).message;
  }
  return { folder, freeBytes, totalBytes, problem };
}
