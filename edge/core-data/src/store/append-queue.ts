import type { Event } from "@jx/contracts";
import { AppError, isAppError } from "@jx/kit";
import { EventBuilder } from "./column-builder.ts";
import type { EventColumns } from "./columns.ts";
import { Dictionary, type FreshEntries } from "./dictionary.ts";
import { encodeEvents } from "./encode.ts";
import type { AppendOptions } from "./event-store.ts";

export interface AppendQueueOptions {
  /** Readings handed over and not acknowledged, beyond which appends are refused. */
  readonly maxPendingReadings: number;
  /** Texts and blobs among them, bytes. */
  readonly maxPendingBytes: number;
}

/** Stores one batch of columns durably and gives the number of its first event; `patient` as in AppendOptions. */
export type SendBatch = (fresh: FreshEntries, events: EventColumns, patient: boolean) => Promise<number>;

interface Caller {
  /** Numbers from the batch's first event to the caller's last. */
  readonly distance: number;
  resolve(seq: bigint): void;
  reject(error: unknown): void;
}

/** A batch goes at the end of the current turn of the event loop, or as soon as it has so many readings. */
const BATCH_READINGS = 1_000;

/** Gathers what is appended in one turn of the event loop into one batch of columns, on the main thread. */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  readonly #send: SendBatch;
  readonly #dictionary = new Dictionary();
  #batch: EventBuilder;
  #callers: Caller[] = [];
  #distance = 0;
  #patient = true;
  #flush: NodeJS.Immediate | undefined;
  #pendingReadings = 0;
  #pendingBytes = 0;
  #refused = 0;

  constructor(options: AppendQueueOptions, send: SendBatch) {
    this.#options = options;
    this.#send = send;
    this.#batch = new EventBuilder(options.maxPendingBytes);
  }

  /** Readings not acknowledged yet, the open batch included. */
  get pendingReadings(): number {
    return this.#pendingReadings + this.#batch.readings.length;
  }

  get refused(): number {
    return this.#refused;
  }

  append(events: readonly Event[], { patient = false }: AppendOptions = {}): Promise<bigint> {
    if (this.#behind()) {
      this.#refused += 1;
      const text = `the event store is behind: ${this.pendingReadings} readings wait for the disk; slow down and try again`;
      return Promise.reject(new AppError("ServiceUnavailable", text, { code: "store-behind" }));
    }
    try {
      this.#encode(events);
    } catch (error) {
      return Promise.reject(error);
    }
    for (const event of events) this.#distance += Math.max(1, event.readings.length);
    this.#patient &&= patient;
    const { promise, resolve, reject } = Promise.withResolvers<bigint>();
    this.#callers.push({
      distance: this.#distance - Math.max(1, events.at(-1)?.readings.length ?? 1),
      resolve,
      reject,
    });
    if (this.#batch.readings.length >= BATCH_READINGS) this.flush();
    else this.#flush ??= setImmediate(() => this.flush());
    return promise;
  }

  /** Sends the open batch, if there is one. */
  flush(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    if (this.#callers.length === 0) return;
    const batch = this.#batch;
    const callers = this.#callers;
    const patient = this.#patient;
    this.#batch = new EventBuilder(this.#options.maxPendingBytes);
    this.#callers = [];
    this.#distance = 0;
    this.#patient = true;
    const fresh = this.#dictionary.takeFresh();
    if (this.#dictionary.full) this.#dictionary.startAfresh();
    void this.#deliver(batch, callers, (columns) => this.#send(fresh, columns, patient));
  }

  /** What does not fit beside what the turn has brought already gets a batch of its own. */
  #encode(events: readonly Event[]): void {
    try {
      encodeEvents(events, this.#batch, this.#dictionary);
    } catch (error) {
      if (this.#callers.length === 0 || !isAppError(error, "LimitExceeded")) throw error;
      this.flush();
      encodeEvents(events, this.#batch, this.#dictionary);
    }
  }

  async #deliver(
    batch: EventBuilder,
    callers: readonly Caller[],
    send: (columns: EventColumns) => Promise<number>,
  ): Promise<void> {
    const readings = batch.readings.length;
    const bytes = batch.readings.values.size;
    this.#pendingReadings += readings;
    this.#pendingBytes += bytes;
    try {
      const first = await send(batch.finish());
      for (const { distance, resolve } of callers) resolve(BigInt(first + distance));
    } catch (error) {
      for (const { reject } of callers) reject(error);
    } finally {
      this.#pendingReadings -= readings;
      this.#pendingBytes -= bytes;
    }
  }

  #behind(): boolean {
    const bytes = this.#pendingBytes + this.#batch.readings.values.size;
    return this.pendingReadings >= this.#options.maxPendingReadings || bytes >= this.#options.maxPendingBytes;
  }
}
