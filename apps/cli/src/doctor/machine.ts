import { formatBytes } from "../output/format.ts";
import { bad, type Finding, ok, warn } from "./finding.ts";

export interface Machine {
  /** "v24.21.0" */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** ms since 1970. */
  readonly now: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The year this program was made: no right clock is before it. */
const FIRST_YEAR = 2026;
const LAST_YEAR = 2099;
/** Bytes; the edge with its demo takes about 130 MB. */
const ENOUGH_MEMORY = 200e6;

export function checkMachine(machine: Machine): Finding[] {
  return [checkNode(machine), checkClock(machine.now), checkMemory(machine)];
}

function checkNode({ node, platform, arch }: Machine): Finding {
  const here = `Node ${node}, ${platform} ${arch}`;
  if (Number(/^v(\d+)/.exec(node)?.[1]) >= 24) return ok("node", here, here);
  return bad("node", `${here}：太旧`, `${here}: too old`, {
    zh: "需要 Node 24 或更新版本；请用 npm start 或发行包里的 jx，它们自带 Node。",
    en: "Node 24 or newer is needed; npm start and the release's jx bring their own.",
  });
}

function checkClock(now: number): Finding {
  const year = new Date(now).getUTCFullYear();
  const text = new Date(now).toISOString();
  if (year >= FIRST_YEAR && year <= LAST_YEAR) return ok("clock", `时钟 ${text}`, `clock ${text}`);
  return bad("clock", `时钟是 ${year} 年`, `the clock says ${year}`, {
    zh: "数据会带上错误的时间。请对时：timedatectl set-ntp true，或 date -s；检查 RTC 电池。",
    en: "Data would carry wrong times. Set it: timedatectl set-ntp true, or date -s; look at the battery of the RTC.",
  });
}

function checkMemory({ freeBytes, totalBytes }: Machine): Finding {
  const free = `${formatBytes(freeBytes)} / ${formatBytes(totalBytes)}`;
  if (freeBytes >= ENOUGH_MEMORY) return ok("memory", `可用内存 ${free}`, `memory free ${free}`);
  return warn("memory", `可用内存只有 ${free}`, `only ${free} of memory free`, {
    zh: "边缘约需 130 MB：请结束别的程序，或用 --no-demo 启动。",
    en: "The edge takes about 130 MB: end other programs, or start with --no-demo.",
  });
}
