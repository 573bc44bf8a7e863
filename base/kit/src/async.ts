import { AppError } from "./errors.ts";

/** The part of AbortSignal that we use; declared here because kit knows neither Node nor the DOM. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What the timers of any host offer; kit itself knows neither Node nor the browser. */
declare const setTimeout: (fn: () => void, ms: number) => unknown;
declare const clearTimeout: (handle: unknown) => void;

/** The longest a timer of any host waits (2^31 − 1 ms, 24.8 days); a longer one would end at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Waits, at most MAX_TIMER_MS, and rejects with the signal's reason when it is aborted first. */
export function sleep(ms: number, signal?: Signal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(abortReason(signal));
    const onAbort = (): void => {
      clearTimeout(timer);
      if (signal !== undefined) reject(abortReason(signal));
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      },
      Math.min(ms, MAX_TIMER_MS),
    );
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Rejects with kind Timeout when `work` has not settled in time. The work itself is not stopped: give it a signal. */
export async function withTimeout<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: unknown;
  const limit = new Promise<never>((_, reject) => {
    const late = (): void => reject(new AppError("Timeout", `${what} took longer than ${ms} ms`));
    timer = setTimeout(late, Math.min(ms, MAX_TIMER_MS));
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

export function abortReason(signal: Signal): unknown {
  return signal.reason instanceof AppError
    ? signal.reason
    : new AppError("Aborted", "aborted", { cause: signal.reason });
}

/** A promise with its handles outside, for code that answers later. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  return Promise.withResolvers<T>();
}
