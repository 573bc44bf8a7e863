import { readFileSync } from "node:fs";

/**
 * How long this process's main thread was ready to run while its processor ran something else, ms since it started
 * (Linux, Documentation/scheduler/sched-stats.rst, /proc/<pid>/schedstat; 0 elsewhere). On a shared machine it tells
 * how much of a latency is the neighbours'.
 */
export function processorWait(): number {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}
