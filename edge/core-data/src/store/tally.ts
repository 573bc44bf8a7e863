import { valueToText } from "@jx/contracts/value-text";
import { isNumeric, type ValueType } from "@jx/contracts/value-type";
import { sqlToFloat, sqlToInt64, sqlToUint64 } from "@jx/stores";
import type { AggregateFunction } from "./aggregate.ts";
import { DecimalSum } from "./decimal-sum.ts";

/** Takes the values of a group one by one, as SQLite keeps them. */
export interface Tally {
  /** Null values are passed over. */
  add(value: unknown): void;
  /** For `aggregated`: undefined when there was no value. */
  result(): string | undefined;
}

/** Undefined when the readings of this type have no result. */
export function tallyOf(func: AggregateFunction, type: ValueType): Tally | undefined {
  if (!isNumeric(type)) return undefined;
  if (func === "COUNT") return new Count();
  const read = readerOf(type);
  if (func === "MIN") return new Extreme(read, (a, b) => isGreater(b, a));
  if (func === "MAX") return new Extreme(read, isGreater);
  return new Sum(read, func === "AVG");
}

type Numeric = number | bigint;

function readerOf(type: ValueType): (value: unknown) => Numeric {
  if (type === "Uint64") return sqlToUint64;
  if (type === "Float64") return sqlToFloat;
  return type === "Float32" ? (value) => asWritten(sqlToFloat(value)) : sqlToInt64;
}

class Count implements Tally {
  #count = 0;

  add(value: unknown): void {
    if (value !== null) this.#count += 1;
  }

  result(): string {
    return String(this.#count);
  }
}

class Extreme implements Tally {
  readonly #read: (value: unknown) => Numeric;
  readonly #wins: (a: Numeric, b: Numeric) => boolean;
  #best: Numeric | undefined;

  constructor(read: (value: unknown) => Numeric, wins: (a: Numeric, b: Numeric) => boolean) {
    this.#read = read;
    this.#wins = wins;
  }

  add(value: unknown): void {
    if (value === null) return;
    const next = this.#read(value);
    if (this.#best === undefined || this.#wins(next, this.#best)) this.#best = next;
  }

  result(): string | undefined {
    return this.#best === undefined ? undefined : String(this.#best);
  }
}

class Sum implements Tally {
  readonly #read: (value: unknown) => Numeric;
  readonly #average: boolean;
  readonly #decimals = new DecimalSum();
  #integers = 0n;
  #count = 0;

  constructor(read: (value: unknown) => Numeric, average: boolean) {
    this.#read = read;
    this.#average = average;
  }

  add(value: unknown): void {
    if (value === null) return;
    this.#count += 1;
    const next = this.#read(value);
    if (typeof next === "bigint") this.#integers += next;
    else this.#decimals.add(next);
  }

  result(): string | undefined {
    if (this.#count === 0) return undefined;
    this.#decimals.addInteger(this.#integers);
    this.#integers = 0n;
    return this.#average ? this.#decimals.average(this.#count) : this.#decimals.text();
  }
}

/** NaN is greater than all else, as in PostgreSQL. */
function isGreater(a: Numeric, b: Numeric): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b));
}

/** The double nearest to the decimal that EdgeX writes a float32 as: 3.1, not 3.0999999046325684. */
function asWritten(value: number): number {
  // Six digits tell any float32 from its neighbours, so a decimal of as many that reads back the same is the one.
  for (let unit = 1; unit <= 10_000; unit *= 10) {
    const units = Math.round(value * unit);
    if (Math.abs(units) < 1e6 && Math.fround(units / unit) === value) return units / unit;
  }
  return Number.isFinite(value) ? Number(valueToText("Float32", value)) : value;
}
