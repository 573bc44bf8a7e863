import { closeSync, existsSync, globSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "@jx/kit";
import { describeHolder, inspectDisk, lockHolder } from "@jx/stores";
import { formatBytes } from "../output/format.ts";
import { bad, type Finding, ok, warn } from "./finding.ts";

/** Bytes below which a full disk is near. */
const LITTLE_SPACE = 500e6;
/** ms for one synced commit, above which a disk is slow enough to be told. */
const SLOW_SYNC_MS = 100;

/** The data folder: is it there, can it be written, who has it, does its disk sync. */
export async function checkData(folder: string, edgePid: number | undefined): Promise<Finding[]> {
  const existing = nearestFolder(folder);
  const findings = [await checkDisk(folder, existing)];
  if (findings[0]?.state !== "bad") findings.push(checkSync(existing));
  if (existing === folder) findings.push(checkLock(folder, edgePid), ...checkFiles(folder));
  return findings;
}

function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

async function checkDisk(folder: string, existing: string): Promise<Finding> {
  const { freeBytes, totalBytes, problem } = await inspectDisk(existing);
  if (problem !== undefined) {
    return bad("data folder", `${folder} 不能写：${problem}`, `${folder} cannot be written: ${problem}`, {
      zh: `换一个目录：--data DIR 或 JX_DATA；或改变其所有者：sudo chown -R "$USER" ${existing}`,
      en: `Use another folder with --data DIR or JX_DATA, or make it yours: sudo chown -R "$USER" ${existing}`,
    });
  }
  const free = `${formatBytes(freeBytes)} / ${formatBytes(totalBytes)}`;
  const fresh = existing === folder ? "" : "（首次启动时创建）";
  const freshEn = existing === folder ? "" : " (made at the first start)";
  if (freeBytes >= LITTLE_SPACE) {
    return ok(
      "data folder",
      `数据目录 ${folder}${fresh}，剩余 ${free}`,
      `data folder ${folder}${freshEn}, free ${free}`,
    );
  }
  return warn("data folder", `${folder} 所在磁盘只剩 ${free}`, `the disk of ${folder} has only ${free} free`, {
    zh: "清理磁盘，或缩短 core-data/Retention/DefaultDuration。",
    en: "Make room, or shorten core-data/Retention/DefaultDuration.",
  });
}

/** Writes and syncs a small database, which is what the edge does before it acknowledges anything. */
function checkSync(folder: string): Finding {
  let scratch: string | undefined;
  try {
    scratch = mkdtempSync(join(folder, ".doctor-"));
    const db = new DatabaseSync(join(scratch, "sync.db"));
    db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (x)");
    const runs = 5;
    const start = performance.now();
    for (let i = 0; i < runs; i += 1) db.exec("INSERT INTO t VALUES (1)");
    const ms = (performance.now() - start) / runs;
    db.close();
    const text = `${ms.toFixed(1)} ms`;
    if (ms < SLOW_SYNC_MS)
      return ok("sync", `SQLite 写入并同步到磁盘：每次 ${text}`, `SQLite writes and syncs: ${text} each`);
    return warn("sync", `磁盘同步很慢：每次 ${text}`, `the disk syncs slowly: ${text} each`, {
      zh: "SD 卡常见。数据不会丢，但写入吞吐低；固态硬盘或 eMMC 更好。",
      en: "Common for SD cards. Nothing gets lost, but fewer events a second can be kept; an SSD or eMMC helps.",
    });
  } catch (error) {
    return bad(
      "sync",
      `SQLite 在 ${folder} 不能工作：${messageOf(error)}`,
      `SQLite does not work in ${folder}: ${messageOf(error)}`,
      {
        zh: "网络文件系统（NFS、SMB）不适合：请用本机磁盘。",
        en: "Network folders (NFS, SMB) do not do: use a disk of this machine.",
      },
    );
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

function checkLock(folder: string, edgePid: number | undefined): Finding {
  const holder = lockHolder(join(folder, "lock"));
  if (holder === undefined) return ok("lock", "没有边缘在使用此数据目录", "no edge uses the data folder");
  const [zh, en] = [describeHolder(holder, "zh"), describeHolder(holder, "en")];
  if (holder.pid === edgePid)
    return ok("lock", `数据目录由正在运行的边缘使用：${zh}`, `the running edge uses the data folder: ${en}`);
  return warn("lock", `数据目录被占用：${zh}`, `the data folder is in use by ${en}`, {
    zh: `它没有应答；要重新启动，请先结束它：kill ${holder.pid}`,
    en: `It does not answer; to start anew end it first: kill ${holder.pid}`,
  });
}

/** Each database's format version. */
function checkFiles(folder: string): Finding[] {
  return databases(folder).map((file) => {
    const name = relative(folder, file);
    try {
      const version = formatVersion(file);
      return ok(`file ${name}`, `${name}：格式版本 ${version}`, `${name}: format version ${version}`);
    } catch (error) {
      const why = messageOf(error);
      return bad(`file ${name}`, `${name} 无法读取：${why}`, `${name} cannot be read: ${why}`, {
        zh: "先备份此文件，再从备份恢复，或把它移走重新开始。",
        en: "Keep a copy of it, then restore a backup, or move it away and begin anew.",
      });
    }
  });
}

function databases(folder: string): string[] {
  return globSync("*/*.db", { cwd: folder }).map((file) => join(folder, file));
}

/**
 * PRAGMA user_version, from the header (sqlite.org/fileformat.html §1.3: at 60). While a write-ahead log is there the
 * newest header may be in it, and SQLite is asked; never without one: it would make those files, as root perhaps, and the
 * edge could not write them.
 */
function formatVersion(file: string): number {
  if (existsSync(`${file}-wal`) && existsSync(`${file}-shm`)) return askSqlite(file);
  const header = readStart(file, 100);
  if (header.length === 0) return 0;
  if (header.toString("latin1", 0, 15) !== "SQLite format 3") throw new Error("its header is damaged");
  return header.readInt32BE(60);
}

function readStart(file: string, length: number): Buffer {
  const fd = openSync(file, "r");
  try {
    const start = Buffer.alloc(length);
    return start.subarray(0, readSync(fd, start, 0, length, 0));
  } finally {
    closeSync(fd);
  }
}

function askSqlite(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
  try {
    return Number(db.prepare("PRAGMA user_version").get()?.user_version);
  } finally {
    db.close();
  }
}
