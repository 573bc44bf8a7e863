import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import type { Metrics } from "./metrics.ts";

/** Memory, CPU, loop delay and garbage collection of this process. Loop delay p99 must stay under 20 ms (DESIGN §3). */
export function observeProcess(metrics: Metrics): Disposable {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  metrics.observe("process_resident_memory_bytes", "Resident memory", () => process.memoryUsage.rss());
  metrics.observe("nodejs_heap_used_bytes", "JavaScript heap in use", () => process.memoryUsage().heapUsed);
  metrics.observe(
    "process_cpu_seconds_total",
    "CPU time, user and system",
    () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    "counter",
  );
  metrics.observe("process_uptime_seconds", "Time since start", () => process.uptime());
  metrics.observe("nodejs_eventloop_delay_seconds", "How late timers come, since the last look", () => {
    const rows = [50, 90, 99, 100].map((p) => ({
      labels: { quantile: String(p / 100) },
      value: Math.max(0, delay.percentile(p) / 1e9 - 0.01),
    }));
    delay.reset();
    return rows;
  });
  const pauses = metrics.histogram("nodejs_gc_seconds", "Garbage collection pauses", [0.001, 0.005, 0.01, 0.05, 0.1]);
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) pauses.observe(entry.duration / 1000);
  });
  observer.observe({ entryTypes: ["gc"] });
  return {
    [Symbol.dispose]() {
      delay.disable();
      observer.disconnect();
    },
  };
}
