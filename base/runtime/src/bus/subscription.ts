import type { Message } from "@jx/contracts";
import { type Deferred, deferred, Ring } from "@jx/kit";

/**
 * What happens when a subscriber is slower than its publishers:
 * - block: publish returns a promise that resolves when there is room; nothing is lost
 * - latest: only the newest message of each topic waits
 * - drop-oldest: the oldest waiting message is dropped and counted
 */
export type Policy = "block" | "latest" | "drop-oldest";

export interface SubscribeOptions {
  /** Shown in metrics and logs. */
  readonly name: string;
  readonly policy: Policy;
  /** How many messages may wait. */
  readonly capacity: number;
  /** For one that passes messages on: whether there is anybody behind it for the topic. Everything is wanted without it. */
  readonly wants?: (topic: string) => boolean;
}

/** May return a promise: the next message waits for it, so order holds and back-pressure reaches the queue. */
export type Handler = (message: Message) => void | Promise<void>;

export interface SubscriptionStats {
  readonly name: string;
  /** What "dropped" means: under "latest" a newer message took the place of an older one, and nothing is lost. */
  readonly policy: Policy;
  readonly waiting: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly failed: number;
}

/** How many messages one subscriber takes before others, and I/O, get their turn. */
const BURST = 64;
/** Publishers that wait; one that does not wait for its promise must not fill the memory. */
const MAX_WAITERS = 10_000;

/** One subscriber's bounded queue and the loop that empties it, never in the publisher's stack. */
export class Subscription {
  readonly filter: string;
  readonly #options: SubscribeOptions;
  readonly #handler: Handler;
  readonly #onError: (error: unknown, message: Message) => void;
  readonly #queue: Ring<Message>;
  /** Policy latest: the newest message per topic; the queue then holds one place-holder per topic. */
  readonly #newest = new Map<string, Message>();
  /** Publishers that wait for room, in order: a later message never overtakes an earlier one. */
  readonly #waiters: { readonly message: Message; readonly done: Deferred<void> }[] = [];
  #idle: Deferred<void> | undefined;
  #running = false;
  #closed = false;
  #delivered = 0;
  #dropped = 0;
  #failed = 0;

  constructor(
    filter: string,
    options: SubscribeOptions,
    handler: Handler,
    onError: (error: unknown, message: Message) => void,
  ) {
    this.filter = filter;
    this.#options = options;
    this.#handler = handler;
    this.#onError = onError;
    this.#queue = new Ring(options.capacity);
  }

  /** Takes a message; a promise when the policy is block and there is no room. */
  offer(message: Message): Promise<void> | undefined {
    if (this.#closed) return undefined;
    if (this.#options.policy === "latest" && this.#replace(message)) return undefined;
    if (this.#queue.full || this.#waiters.length > 0) {
      if (this.#options.policy === "block") return this.#wait(message);
      const old = this.#queue.shift();
      if (old !== undefined) this.#newest.delete(old.topic);
      this.#dropped += 1;
    }
    this.#queue.push(message);
    if (this.#options.policy === "latest") this.#newest.set(message.topic, message);
    this.#wake();
    return undefined;
  }

  wants(topic: string): boolean {
    return this.#options.wants?.(topic) ?? true;
  }

  get stats(): SubscriptionStats {
    return {
      name: this.#options.name,
      policy: this.#options.policy,
      waiting: this.#queue.length + this.#waiters.length,
      delivered: this.#delivered,
      dropped: this.#dropped,
      failed: this.#failed,
    };
  }

  /** Resolves when everything offered so far has been handled. */
  drained(): Promise<void> {
    if (this.#closed || (!this.#running && this.#queue.length === 0)) return Promise.resolve();
    this.#idle ??= deferred();
    return this.#idle.promise;
  }

  close(): void {
    this.#closed = true;
    this.#queue.clear();
    this.#newest.clear();
    for (const waiter of this.#waiters.splice(0)) waiter.done.resolve();
    this.#idle?.resolve();
  }

  #replace(message: Message): boolean {
    if (!this.#newest.has(message.topic)) return false;
    this.#newest.set(message.topic, message);
    this.#dropped += 1;
    return true;
  }

  #wait(message: Message): Promise<void> | undefined {
    if (this.#waiters.length >= MAX_WAITERS) {
      this.#dropped += 1;
      return undefined;
    }
    const done = deferred<void>();
    this.#waiters.push({ message, done });
    return done.promise;
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    let burst = 0;
    for (let message = this.#take(); message !== undefined; message = this.#take()) {
      try {
        const pending = this.#handler(message);
        if (pending !== undefined) await pending;
        this.#delivered += 1;
      } catch (error) {
        this.#failed += 1;
        this.#onError(error, message);
      }
      burst += 1;
      if (burst % BURST === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    this.#running = false;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  #take(): Message | undefined {
    const message = this.#queue.shift();
    if (message === undefined) return undefined;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      this.#queue.push(waiter.message);
      waiter.done.resolve();
    }
    if (this.#options.policy !== "latest") return message;
    const newest = this.#newest.get(message.topic);
    this.#newest.delete(message.topic);
    return newest;
  }
}
