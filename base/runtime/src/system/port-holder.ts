import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Which process has a TCP port of this machine, listening or for a connection of its own: "nginx (pid 812)". Linux only, by /proc/net/tcp and the socket inodes of
 * /proc/<pid>/fd (proc(5)); undefined when it cannot be found out, such as for another user's process.
 */
export function portHolder(port: number): string | undefined {
  try {
    const inodes = new Set([...inodesOf("/proc/net/tcp", port), ...inodesOf("/proc/net/tcp6", port)]);
    if (inodes.size === 0) return undefined;
    for (const pid of readdirSync("/proc")) {
      if (/^\d+$/.test(pid) && holds(pid, inodes)) return `${commandOf(pid)} (pid ${pid})`;
    }
  } catch {
    // no /proc: another operating system
  }
  return undefined;
}

function inodesOf(file: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = readFileSync(file, "utf8").split("\n").slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hex}`) === true && columns[9] !== "0")
    .map((columns) => columns[9] ?? "");
}

function holds(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        return inode !== undefined && inodes.has(inode);
      } catch {
        return false; // closed in the meantime
      }
    });
  } catch {
    return false; // another user's
  }
}

function commandOf(pid: string): string {
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0/g, " ").trim();
  return command.length > 60 ? `${command.slice(0, 57)}…` : command;
}
