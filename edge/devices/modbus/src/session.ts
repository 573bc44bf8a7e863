import type { DriverWrite, RequestContext, Sample, Session } from "@jx/device-sdk";
import { AppError, isAppError } from "@jx/kit";
import type { ModbusAttributes, Point } from "./attributes.ts";
import { registerBit, tableBit, withRegisterBit } from "./codec.ts";
import { exceptionOf, isNarrowable } from "./exceptions.ts";
import type { Link, LinkCounters } from "./link.ts";
import { planWrites, type ReadBatch, splitBatch, type WriteStep } from "./planner.ts";
import { endpointOf, type ModbusProperties } from "./properties.ts";

/** What a session learnt about a batch: whole, in two halves, or refused alone. */
interface Part {
  readonly batch: ReadBatch;
  halves?: readonly [Part, Part];
  refused?: { readonly error: AppError; readonly until: number };
}

/** Milliseconds until an address that the unit refused is asked for again: it may have been configured since. */
const ASK_AGAIN_MS = 60_000;
/** Extra exchanges that one read may spend on finding bad addresses; the rest follows with the next read. */
const MAX_EXTRA = 32;

export class ModbusSession implements Session<ModbusProperties, ModbusAttributes, ReadBatch> {
  readonly maxInFlight: number;
  readonly closed: Promise<AppError | undefined>;
  readonly #link: Link;
  /** By batch, so that it is forgotten with the SDK's plan. */
  readonly #learnt = new WeakMap<ReadBatch, Part>();
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: { maxInFlight: number }, deps: { link: Link }) {
    this.maxInFlight = options.maxInFlight;
    this.#link = deps.link;
    this.closed = deps.link.closed;
  }

  get counters(): Readonly<LinkCounters> {
    return this.#link.counters;
  }

  /** Throws when the unit gave no valid answer; what it refuses is a sample with its exception. */
  async read(batch: ReadBatch, properties: ModbusProperties, context: RequestContext): Promise<readonly Sample[]> {
    const part = this.#learnt.get(batch) ?? { batch };
    // Noted before the halving: what an aborted read has learnt is not lost.
    if (part.halves === undefined) this.#learnt.set(batch, part);
    return await this.#readPart(part, endpointOf(properties).unit, context, { left: MAX_EXTRA });
  }

  async #readPart(
    part: Part,
    unit: number,
    context: RequestContext,
    budget: { left: number },
  ): Promise<readonly Sample[]> {
    if (part.halves !== undefined) {
      const [left, right] = part.halves;
      // One after the other: the SDK counts this as one call in flight.
      const first = await this.#readPart(left, unit, context, budget);
      return [...first, ...(await this.#readPart(right, unit, context, budget))];
    }
    if (part.refused !== undefined && performance.now() < part.refused.until)
      return refused(part.batch, part.refused.error);
    try {
      return decode(part.batch, await this.#link.exchange(unit, part.batch.request, context));
    } catch (error) {
      const exception = exceptionOf(error);
      if (exception === undefined || !isAppError(error) || error.kind === "Communication") throw error;
      if (!isNarrowable(exception)) return refused(part.batch, error);
      const halves = splitBatch(part.batch);
      if (halves === undefined) {
        part.refused = { error, until: performance.now() + ASK_AGAIN_MS };
        return refused(part.batch, error);
      }
      if (budget.left < 2) return refused(part.batch, error);
      budget.left -= 2;
      part.halves = [{ batch: halves[0] }, { batch: halves[1] }];
      return this.#readPart(part, unit, context, budget);
    }
  }

  /** One write after another, also of several callers: a bit is changed by reading and writing its whole register. */
  write(
    writes: readonly DriverWrite<ModbusAttributes>[],
    properties: ModbusProperties,
    context: RequestContext,
  ): Promise<void> {
    const work = async (): Promise<void> => {
      const { unit } = endpointOf(properties);
      for (const step of planWrites(writes)) await this.#writeStep(step, unit, context);
    };
    const done = this.#lastWrite.then(work);
    this.#lastWrite = done.catch(() => undefined);
    return done;
  }

  async #writeStep(step: WriteStep, unit: number, context: RequestContext): Promise<void> {
    try {
      if ("function" in step.action) {
        await this.#link.exchange(unit, step.action, context);
        return;
      }
      // Not atomic: what the unit itself or another master changes in this register between the two exchanges is
      // overwritten. Mask Write Register (V1.1b3, 6.16) would be, but few units have it.
      const { register, bit, on } = step.action;
      const data = await this.#link.exchange(unit, { function: 3, address: register, quantity: 1 }, context);
      const before = new DataView(data.buffer, data.byteOffset).getUint16(0);
      await this.#link.exchange(
        unit,
        { function: 6, address: register, value: withRegisterBit(before, bit, on) },
        context,
      );
    } catch (error) {
      if (!isAppError(error)) throw error;
      const options = { cause: error, details: { ...error.details, resources: step.resources } };
      const names = step.resources.map((name) => `"${name}"`).join(", ");
      throw new AppError(
        error.kind,
        `writing ${names}: ${error.message}`,
        error.code === undefined ? options : { ...options, code: error.code },
      );
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#link[Symbol.asyncDispose]();
  }
}

function refused(batch: ReadBatch, error: AppError): readonly Sample[] {
  return batch.resources.map(() => ({ error }));
}

function decode(batch: ReadBatch, data: Uint8Array): readonly Sample[] {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const start = batch.request.address;
  return batch.points.map((point) => ({ value: valueAt(point, view, point.address - start) }));
}

function valueAt(point: Point, view: DataView, cell: number): boolean | number | bigint {
  if (point.form === "bit") return tableBit(view, cell);
  return "bit" in point.form ? registerBit(view, cell * 2, point.form.bit) : point.form.decode(view, cell * 2);
}
