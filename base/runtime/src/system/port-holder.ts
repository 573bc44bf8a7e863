import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Who has a TCP port of this machine, listening or for a connection: "nginx (pid 812)", or a connection that was closed
 * and keeps it for up to a minute. Linux only, by /proc/net/tcp and the socket inodes of /proc/<pid>/fd (proc(5));
 * undefined when it cannot be found out, such as for another user's process.
 */
export function portHolder(port: number): string | undefined {
  try {
    const rows = [...rowsOf("/proc/net/tcp", port), ...rowsOf("/proc/net/tcp6", port)];
    const inodes = new Set(rows.map(({ inode }) => inode).filter((inode) => inode !== "0"));
    for (const pid of inodes.size === 0 ? [] : readdirSync("/proc")) {
      if (/^\d+$/.test(pid) && holds(pid, inodes)) return `${commandOf(pid)} (pid ${pid})`;
    }
    if (rows.some(({ state }) => state === TIME_WAIT)) return "a closed connection (TIME-WAIT)";
  } catch {
    // no /proc: another operating system
  }
  return undefined;
}

/** include/net/tcp_states.h */
const TIME_WAIT = "06";

function rowsOf(file: string, port: number): { readonly state: string; readonly inode: string }[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = readFileSync(file, "utf8").split("\n").slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hex}`) === true)
    .map((columns) => ({ state: columns[3] ?? "", inode: columns[9] ?? "0" }));
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
