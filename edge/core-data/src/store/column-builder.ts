import { AppError } from "@jx/kit";
import { type EventColumns, KIND, type ReadingColumns, type ValueColumns } from "./columns.ts";

/** Texts and blobs of one answer, bytes; a page of large images must be asked for in smaller pages. */
export const MAX_PAGE_BYTES = 64 * 1024 * 1024;

export function tooManyBytes(limit: number): AppError {
  const text = `values of more than ${Math.floor(limit / 1e6)} MB at once; use smaller pages or batches`;
  return new AppError("LimitExceeded", text, { code: "batch-size" });
}

type Typed =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>;

/** A copy with room for `length` elements and as many again, or the array itself when it has the room. */
function grown<T extends Typed>(array: T, length: number): T {
  if (array.length >= length) return array;
  const larger = new (array.constructor as new (length: number) => T)(length * 2);
  larger.set(array as never);
  return larger;
}

/** Values gathered one by one; bounded by the bytes of their texts and blobs. */
export class ValueBuilder {
  readonly #maxBytes: number;
  #kinds = new Uint8Array(64);
  #slots = new Float64Array(64);
  #wide = new BigInt64Array(this.#slots.buffer);
  #texts: string[] = [];
  #bytes = new Uint8Array(0);
  #byteEnds: number[] = [];
  #length = 0;
  #textSize = 0;

  /** @param maxBytes of texts and blobs together; more is refused with LimitExceeded. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of texts (in UTF-16 units) and blobs so far. */
  get size(): number {
    return this.#textSize + (this.#byteEnds.at(-1) ?? 0);
  }

  null(): void {
    this.#put(KIND.null, 0);
  }

  small(value: number): void {
    this.#put(KIND.small, value);
  }

  wide(value: bigint): void {
    const at = this.#next(KIND.wide);
    this.#wide[at] = value;
  }

  real(value: number): void {
    this.#put(KIND.real, value);
  }

  text(value: string): void {
    this.#admit(value.length);
    this.#put(KIND.text, 0);
    this.#textSize += value.length;
    this.#texts.push(value);
  }

  bytes(value: Uint8Array): void {
    this.#admit(value.length);
    this.#put(KIND.bytes, 0);
    const at = this.#byteEnds.at(-1) ?? 0;
    this.#bytes = grown(this.#bytes, at + value.length);
    this.#bytes.set(value, at);
    this.#byteEnds.push(at + value.length);
  }

  /** Forgets all from the value at `length` on. */
  truncate(length: number): void {
    for (; this.#length > length; this.#length -= 1) {
      const kind = this.#kinds[this.#length - 1];
      if (kind === KIND.text) this.#textSize -= this.#texts.pop()?.length ?? 0;
      else if (kind === KIND.bytes) this.#byteEnds.pop();
    }
  }

  finish(): ValueColumns {
    return {
      kinds: this.#kinds.slice(0, this.#length),
      slots: this.#slots.slice(0, this.#length),
      texts: this.#texts,
      bytes: this.#bytes.slice(0, this.#byteEnds.at(-1) ?? 0),
      byteEnds: this.#byteEnds,
    };
  }

  #put(kind: number, slot: number): void {
    // The place first: making room may replace the array.
    const at = this.#next(kind);
    this.#slots[at] = slot;
  }

  #next(kind: number): number {
    const at = this.#length;
    if (at === this.#kinds.length) {
      this.#kinds = grown(this.#kinds, at + 1);
      this.#slots = grown(this.#slots, at + 1);
      this.#wide = new BigInt64Array(this.#slots.buffer);
    }
    this.#kinds[at] = kind;
    this.#length = at + 1;
    return at;
  }

  #admit(size: number): void {
    if (this.size + size <= this.#maxBytes) return;
    throw tooManyBytes(this.#maxBytes);
  }
}

export class ReadingBuilder {
  readonly values: ValueBuilder;
  #series = new Uint32Array(64);
  #origins = new BigInt64Array(64);
  #length = 0;

  constructor(maxBytes: number) {
    this.values = new ValueBuilder(maxBytes);
  }

  get length(): number {
    return this.#length;
  }

  /** The caller has put the value into `values` just before. */
  add(series: number, origin: bigint): void {
    const at = this.#length;
    this.#series = grown(this.#series, at + 1);
    this.#origins = grown(this.#origins, at + 1);
    this.#series[at] = series;
    this.#origins[at] = origin;
    this.#length = at + 1;
  }

  truncate(length: number): void {
    this.values.truncate(length);
    this.#length = length;
  }

  finish(): ReadingColumns {
    return {
      series: this.#series.slice(0, this.#length),
      origins: this.#origins.slice(0, this.#length),
      values: this.values.finish(),
    };
  }
}

export class EventBuilder {
  readonly readings: ReadingBuilder;
  #ids = new Uint8Array(16 * 16);
  #sources = new Uint32Array(16);
  #origins = new BigInt64Array(16);
  #counts = new Uint32Array(16);
  #length = 0;

  constructor(maxBytes: number) {
    this.readings = new ReadingBuilder(maxBytes);
  }

  get length(): number {
    return this.#length;
  }

  /** `id`: writes 16 bytes at an offset. The event's `count` readings were added just before. */
  add(id: (target: Uint8Array, offset: number) => void, source: number, origin: bigint, count: number): void {
    const at = this.#length;
    this.#ids = grown(this.#ids, (at + 1) * 16);
    this.#sources = grown(this.#sources, at + 1);
    this.#origins = grown(this.#origins, at + 1);
    this.#counts = grown(this.#counts, at + 1);
    id(this.#ids, at * 16);
    this.#sources[at] = source;
    this.#origins[at] = origin;
    this.#counts[at] = count;
    this.#length = at + 1;
  }

  truncate(length: number, readings: number): void {
    this.readings.truncate(readings);
    this.#length = length;
  }

  finish(): EventColumns {
    return {
      ids: this.#ids.slice(0, this.#length * 16),
      sources: this.#sources.slice(0, this.#length),
      origins: this.#origins.slice(0, this.#length),
      counts: this.#counts.slice(0, this.#length),
      readings: this.readings.finish(),
    };
  }
}
