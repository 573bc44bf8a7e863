import type { Batch, DriverWrite, ReadingValue, Sample, Session } from "@jx/device-sdk";
import type { AppError, Deferred } from "@jx/kit";
import { deferred } from "@jx/kit";
import type { VirtualAttributes, VirtualProperties } from "./properties.ts";
import { hash, seededRandom } from "./random.ts";
import { sampleAt, type VirtualResource } from "./waves.ts";

/** EdgeX's profiles switch the random value of X on and off through a Bool resource of this name + X. */
const SWITCH = "EnableRandomization_";

interface Point {
  count: number;
  /** Stays until a switch releases it. */
  held: boolean;
  last: ReadingValue | undefined;
  readonly random: () => number;
}

/** One simulated device: its clock, and what was written to it. */
export class VirtualSession implements Session<VirtualProperties, VirtualAttributes, Batch<VirtualAttributes>> {
  readonly maxInFlight = 16;
  readonly #closed: Deferred<AppError | undefined> = deferred();
  readonly #seed: string;
  readonly #monotonic: () => number;
  readonly #startedAt: number;
  /** As many as the profiles of its devices have resources. */
  readonly #points = new Map<string, Point>();

  constructor({ Address, Seed = 0 }: VirtualProperties, monotonic: () => number) {
    this.#seed = `${Seed} ${Address}`;
    this.#monotonic = monotonic;
    this.#startedAt = monotonic();
  }

  get closed(): Promise<AppError | undefined> {
    return this.#closed.promise;
  }

  async read(batch: Batch<VirtualAttributes>): Promise<readonly Sample[]> {
    return batch.resources.map((resource) => ({ value: this.#sample(resource) }));
  }

  async write(writes: readonly DriverWrite<VirtualAttributes>[]): Promise<void> {
    for (const { resource, value } of writes) {
      const point = this.#point(resource.name);
      point.held = true;
      point.last = value;
      if (resource.valueType === "Bool" && resource.name.startsWith(SWITCH)) {
        this.#point(resource.name.slice(SWITCH.length)).held = value !== true;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.resolve(undefined);
  }

  #sample(resource: VirtualResource): ReadingValue {
    const point = this.#point(resource.name);
    if (point.held && point.last !== undefined) return point.last;
    const moment = { elapsedMs: this.#monotonic() - this.#startedAt, count: point.count, random: point.random };
    point.last = sampleAt(resource, moment);
    point.count += 1;
    return point.last;
  }

  #point(name: string): Point {
    let point = this.#points.get(name);
    if (point === undefined) {
      point = { count: 0, held: false, last: undefined, random: seededRandom(hash(`${this.#seed} ${name}`)) };
      this.#points.set(name, point);
    }
    return point;
  }
}
