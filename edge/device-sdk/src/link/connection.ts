import { AppError, type Deferred, deferred, toAppError } from "@jx/kit";
import type { AnySession, RequestContext } from "../driver.ts";
import { Backoff } from "./backoff.ts";

/** In this order they are served: a write never waits behind a poll, only for the exchange that is on the wire. */
export type Priority = "write" | "read" | "poll";

/** How many requests of each priority may wait; polls are few because no source is ever queued twice. */
const QUEUE_CAPACITY = 1_000;
/** How long a driver may take to give up after its request was aborted before its session is thrown away. */
const GRACE_MS = 1_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8_000;

/** The code of an error that says nothing about the device, only that the connection is not there. */
export const UNAVAILABLE = "connection-unavailable";

export interface ConnectionOptions {
  readonly key: string;
  /** How long opening may take, milliseconds. */
  readonly openTimeoutMs: number;
}

export interface ConnectionDeps {
  open(signal: AbortSignal): Promise<AnySession>;
  /** Milliseconds, never backwards. */
  monotonic(): number;
  random(): number;
  /** Told when a session opens and when it is lost or cannot be opened. */
  onState?(session: AnySession | undefined, error: AppError | undefined): void;
}

interface Job {
  readonly work: (session: AnySession, context: RequestContext) => Promise<unknown>;
  readonly timeoutMs: number;
  readonly done: Deferred<unknown>;
}

/** A session with what the connection knows about it. */
interface Link {
  readonly session: AnySession;
  inFlight: number;
  /** An exchange succeeded: only then is the back-off forgotten (a server may accept and hang up at once). */
  proven: boolean;
}

export interface ConnectionStats {
  readonly key: string;
  readonly open: boolean;
  readonly waiting: Readonly<Record<Priority, number>>;
  readonly opened: number;
  readonly failed: number;
  readonly refused: number;
  /** What the open session counts itself. */
  readonly counters: Readonly<Record<string, number>>;
}

/**
 * One physical channel, shared by all devices with the same key: opened when first needed, three queues, a time limit
 * for each exchange, reopened with back-off. While it cannot be opened polls fail at once; a write or an on-demand read
 * tries again right away, because a person waits for it.
 */
export class Connection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #deps: ConnectionDeps;
  readonly #backoff: Backoff;
  readonly #queues: Readonly<Record<Priority, Job[]>> = { write: [], read: [], poll: [] };
  readonly #running = new Set<AbortController>();
  #link: Link | undefined;
  #opening: AbortController | undefined;
  #retryAt = 0;
  #error: AppError | undefined;
  #keepOpen: NodeJS.Timeout | "wanted" | undefined;
  #closed = false;
  #opened = 0;
  #failed = 0;
  #refused = 0;

  constructor(options: ConnectionOptions, deps: ConnectionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#backoff = new Backoff({ baseMs: FIRST_RETRY_MS, capMs: LAST_RETRY_MS }, deps.random);
  }

  /** Opens now and again after each loss: for drivers whose devices speak first. */
  keepOpen(): void {
    this.#keepOpen ??= "wanted";
    if (this.#link === undefined && this.#opening === undefined) void this.#open();
  }

  /** Runs one exchange when its turn comes. Rejects with Timeout, Communication, ServiceUnavailable or the driver's own. */
  request<T>(
    priority: Priority,
    timeoutMs: number,
    work: (session: AnySession, context: RequestContext) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) return Promise.reject(new AppError("Aborted", `connection ${this.#options.key} is closed`));
    const backingOff = this.#link === undefined && this.#opening === undefined && this.#now() < this.#retryAt;
    if (backingOff && priority === "poll") return Promise.reject(this.#unavailable());
    const queue = this.#queues[priority];
    if (queue.length >= QUEUE_CAPACITY) {
      this.#refused += 1;
      return Promise.reject(
        new AppError("ServiceUnavailable", `connection ${this.#options.key}: ${queue.length} requests wait already`),
      );
    }
    const done = deferred<unknown>();
    queue.push({ work, timeoutMs, done });
    this.#pump();
    return done.promise as Promise<T>;
  }

  get stats(): ConnectionStats {
    const { write, read, poll } = this.#queues;
    return {
      key: this.#options.key,
      open: this.#link !== undefined,
      waiting: { write: write.length, read: read.length, poll: poll.length },
      opened: this.#opened,
      failed: this.#failed,
      refused: this.#refused,
      counters: this.#link?.session.counters ?? {},
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const reason = new AppError("Aborted", `connection ${this.#options.key} was closed`);
    if (typeof this.#keepOpen === "object") clearTimeout(this.#keepOpen);
    this.#opening?.abort(reason);
    for (const controller of this.#running) controller.abort(reason);
    this.#rejectWaiting(["write", "read", "poll"], reason);
    const session = this.#link?.session;
    this.#link = undefined;
    await session?.[Symbol.asyncDispose]();
  }

  #pump(): void {
    if (this.#closed) return;
    const link = this.#link;
    if (link === undefined) {
      if (this.#opening === undefined && this.#waiting()) void this.#open();
      return;
    }
    while (link.inFlight < link.session.maxInFlight) {
      const job = this.#queues.write.shift() ?? this.#queues.read.shift() ?? this.#queues.poll.shift();
      if (job === undefined) return;
      void this.#run(link, job);
    }
  }

  async #run(link: Link, job: Job): Promise<void> {
    const controller = new AbortController();
    const stuck = deferred<never>();
    link.inFlight += 1;
    this.#running.add(controller);
    let timer = setTimeout(() => {
      controller.abort(
        new AppError("Timeout", `${this.#options.key} gave no answer within ${job.timeoutMs} ms`, { code: "timeout" }),
      );
      timer = setTimeout(() => {
        const error = new AppError("Timeout", `${this.#options.key} did not give up ${GRACE_MS} ms after its time-out`);
        stuck.reject(error);
        this.#lose(link, error);
      }, GRACE_MS);
    }, job.timeoutMs);
    try {
      const work = job.work(link.session, { signal: controller.signal, timeoutMs: job.timeoutMs });
      const result = await Promise.race([work, stuck.promise]);
      link.proven = true;
      this.#backoff.reset();
      job.done.resolve(result);
    } catch (error) {
      job.done.reject(
        controller.signal.aborted ? toAppError(controller.signal.reason) : toAppError(error, "Communication"),
      );
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
      link.inFlight -= 1;
      this.#pump();
    }
  }

  async #open(): Promise<void> {
    const { key, openTimeoutMs } = this.#options;
    const controller = new AbortController();
    this.#opening = controller;
    const timer = setTimeout(() => {
      controller.abort(new AppError("Timeout", `${key} could not be opened within ${openTimeoutMs} ms`));
    }, openTimeoutMs);
    try {
      const session = await this.#deps.open(controller.signal);
      if (this.#closed) return void (await session[Symbol.asyncDispose]());
      const link: Link = { session, inFlight: 0, proven: false };
      this.#link = link;
      this.#error = undefined;
      this.#opened += 1;
      this.#opening = undefined;
      void session.closed.then((reason) => this.#lose(link, reason));
      this.#deps.onState?.(session, undefined);
      this.#pump();
    } catch (error) {
      this.#opening = undefined;
      this.#failed += 1;
      this.#down(
        controller.signal.aborted ? toAppError(controller.signal.reason) : toAppError(error, "ServiceUnavailable"),
      );
      this.#rejectWaiting(["write", "read", "poll"], this.#unavailable());
    } finally {
      clearTimeout(timer);
    }
  }

  /** The session is gone. Polls fail now; who else waits gets a new session at once. */
  #lose(link: Link, reason: AppError | undefined): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    Promise.resolve(link.session[Symbol.asyncDispose]()).catch(() => undefined);
    if (this.#closed) return;
    // The driver closed it on purpose, such as when idle: nothing failed, and the next request opens it again.
    if (reason === undefined && this.#keepOpen === undefined) return void this.#pump();
    this.#down(reason ?? new AppError("Communication", `${this.#options.key}: the other side closed the connection`));
    this.#rejectWaiting(["poll"], this.#unavailable());
    if (link.proven) this.#pump();
    else this.#rejectWaiting(["write", "read"], this.#unavailable());
  }

  #down(error: AppError): void {
    this.#error = error;
    const delay = this.#backoff.next();
    this.#retryAt = this.#now() + delay;
    this.#deps.onState?.(undefined, error);
    if (this.#keepOpen === undefined || this.#closed) return;
    if (typeof this.#keepOpen === "object") clearTimeout(this.#keepOpen);
    this.#keepOpen = setTimeout(() => {
      if (this.#link === undefined && this.#opening === undefined) void this.#open();
    }, delay);
  }

  #unavailable(): AppError {
    const wait = Math.max(0, Math.round(this.#retryAt - this.#now()));
    return new AppError(
      "ServiceUnavailable",
      `${this.#options.key} is not connected: ${this.#error?.message ?? "unknown reason"}; next attempt in ${wait} ms`,
      { code: UNAVAILABLE, cause: this.#error },
    );
  }

  #rejectWaiting(priorities: readonly Priority[], error: AppError): void {
    for (const priority of priorities) for (const job of this.#queues[priority].splice(0)) job.done.reject(error);
  }

  #waiting(): boolean {
    return this.#queues.write.length + this.#queues.read.length + this.#queues.poll.length > 0;
  }

  #now(): number {
    return this.#deps.monotonic();
  }
}
