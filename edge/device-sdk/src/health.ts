import type { AppError } from "@jx/kit";

/** unknown: not asked yet; ok; degraded: some of it answers; down: nothing does. */
export type DeviceState = "unknown" | "ok" | "degraded" | "down";

export interface Failure {
  readonly message: string;
  readonly kind: string;
  /** ns since 1970. */
  readonly at: bigint;
  /** Absent when the whole exchange failed. */
  readonly resource?: string;
}

/** How one device does; `jx doctor`, the console and the metrics read it. */
export interface DeviceHealth {
  readonly service: string;
  readonly device: string;
  readonly state: DeviceState;
  /** ns since 1970 of the last exchange without any failure. */
  readonly lastOk: bigint | undefined;
  readonly lastError: Failure | undefined;
  /** Milliseconds that the last exchanges of one source took together, queues not counted. */
  readonly rttMs: number | undefined;
  /** Polls left out: the one before had not finished, the bus was full, or the device is left alone after failures. */
  readonly skippedPolls: number;
  readonly failures: number;
  /** Values that the device sent by itself and that found no room. */
  readonly droppedSamples: number;
  /** The last failure of each resource that fails now. */
  readonly resources: Readonly<Record<string, Failure>>;
}

/** Writes down what happens to one device. */
export class DeviceMonitor {
  readonly #service: string;
  readonly #device: string;
  readonly #now: () => bigint;
  readonly #onState: (state: DeviceState, reason: string | undefined) => void;
  #state: DeviceState = "unknown";
  #lastOk: bigint | undefined;
  #lastError: Failure | undefined;
  #rttMs: number | undefined;
  #skippedPolls = 0;
  #failures = 0;
  #droppedSamples = 0;
  /** As many entries as the profile has resources at most. */
  readonly #resources = new Map<string, Failure>();

  /** `onState` is told when the state changes. */
  constructor(
    service: string,
    device: string,
    now: () => bigint,
    onState: (state: DeviceState, reason: string | undefined) => void,
  ) {
    this.#service = service;
    this.#device = device;
    this.#now = now;
    this.#onState = onState;
  }

  get state(): DeviceState {
    return this.#state;
  }

  get lastOk(): bigint | undefined {
    return this.#lastOk;
  }

  /** The device gave something; `failed` resources have no value, `read` ones have. No time when it spoke by itself. */
  answered(rttMs: number | undefined, read: readonly string[], failed: ReadonlyMap<string, AppError>): void {
    this.#rttMs = rttMs ?? this.#rttMs;
    for (const name of read) this.#resources.delete(name);
    for (const [name, error] of failed) {
      this.#lastError = this.#failure(error, name);
      this.#resources.set(name, this.#lastError);
    }
    if (failed.size > 0) this.#failures += 1;
    else this.#lastOk = this.#now();
    if (this.#resources.size === 0) this.#enter("ok", undefined);
    else this.#enter("degraded", [...this.#resources.values()][0]?.message);
  }

  /** No answer, or no connection. */
  failed(error: AppError): void {
    this.#failures += 1;
    this.#lastError = this.#failure(error);
    this.#enter("down", error.message);
  }

  /** An answer, but not what was asked for: the device is there and said no, or the source is set up wrongly. */
  refused(error: AppError): void {
    this.#failures += 1;
    this.#lastError = this.#failure(error);
    if (this.#state !== "ok") this.#enter("degraded", error.message);
  }

  skipped(count = 1): void {
    this.#skippedPolls += count;
  }

  dropped(): void {
    this.#droppedSamples += 1;
  }

  snapshot(): DeviceHealth {
    return {
      service: this.#service,
      device: this.#device,
      state: this.#state,
      lastOk: this.#lastOk,
      lastError: this.#lastError,
      rttMs: this.#rttMs,
      skippedPolls: this.#skippedPolls,
      failures: this.#failures,
      droppedSamples: this.#droppedSamples,
      resources: Object.fromEntries(this.#resources),
    };
  }

  #enter(state: DeviceState, reason: string | undefined): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state, reason);
  }

  #failure(error: AppError, resource?: string): Failure {
    const failure = { message: error.message, kind: error.kind, at: this.#now() };
    return resource === undefined ? failure : { ...failure, resource };
  }
}
