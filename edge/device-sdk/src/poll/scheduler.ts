/** What is to be done again and again. */
export interface Task {
  /** Milliseconds. */
  readonly intervalMs: number;
  run(): void;
  /** Periods that passed while the process was held up. */
  missed(count: number): void;
}

export interface SchedulerDeps {
  /** Milliseconds, never backwards. */
  monotonic(): number;
  /** Calls back after so many milliseconds; returns the way to cancel. */
  setTimer(callback: () => void, ms: number): () => void;
}

interface Entry {
  readonly task: Task;
  deadline: number;
  cancelled: boolean;
}

/** Node's timers take no more than 2³¹ − 1 ms; waking once an hour costs nothing. */
const LONGEST_WAIT_MS = 3_600_000;

/** Runs tasks at fixed distances by absolute deadlines on the monotonic clock, so that they do not drift. One timer. */
export class Scheduler implements Disposable {
  readonly #deps: SchedulerDeps;
  /** A binary heap by deadline. */
  readonly #heap: Entry[] = [];
  #cancelTimer: (() => void) | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  /** First run after `firstMs`, then every interval. Returns the way to stop. */
  add(task: Task, firstMs: number): () => void {
    const entry: Entry = { task, deadline: this.#deps.monotonic() + firstMs, cancelled: false };
    this.#push(entry);
    this.#arm();
    return () => {
      entry.cancelled = true;
    };
  }

  [Symbol.dispose](): void {
    this.#cancelTimer?.();
    this.#heap.length = 0;
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined || next.deadline >= this.#wakeAt) return;
    this.#cancelTimer?.();
    this.#wakeAt = next.deadline;
    // Node cuts off fractions, and would wake too early.
    const wait = Math.ceil(Math.min(LONGEST_WAIT_MS, Math.max(0, next.deadline - this.#deps.monotonic())));
    this.#cancelTimer = this.#deps.setTimer(() => this.#tick(), wait);
  }

  #tick(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#cancelTimer = undefined;
    const now = this.#deps.monotonic();
    for (let entry = this.#heap[0]; entry !== undefined && entry.deadline <= now; entry = this.#heap[0]) {
      this.#pop();
      if (entry.cancelled) continue;
      const { task } = entry;
      entry.deadline += task.intervalMs;
      if (entry.deadline <= now) {
        const missed = Math.floor((now - entry.deadline) / task.intervalMs) + 1;
        entry.deadline += missed * task.intervalMs;
        task.missed(missed);
      }
      this.#push(entry);
      task.run();
    }
    this.#arm();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry;
      if (above.deadline <= entry.deadline) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && right.deadline < left.deadline) child += 1;
      const smaller = heap[child] as Entry;
      if (smaller.deadline >= last.deadline) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
  }
}
