/**
 * Columns as PostgreSQL's arrays in binary form, which pg sends as they are: no number is spelled out and no text quoted.
 * Form: ndim, flags (1: has NULLs), element type; length and lower bound; then each element behind its length, −1 for
 * NULL; big-endian (postgres 15, src/backend/utils/adt/arrayfuncs.c, array_recv).
 */
const OID = { bytea: 17, int8: 20, text: 25, float8: 701, uuid: 2950 } as const;
const HEADER_BYTES = 20;

function start(count: number, element: number, dataBytes: number, nulls: boolean): { buffer: Buffer; view: DataView } {
  // A buffer of its own: pg may send it later, so nothing is taken from a shared pool and reused.
  const buffer = Buffer.alloc(HEADER_BYTES + 4 * count + dataBytes);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  view.setInt32(0, count === 0 ? 0 : 1);
  view.setInt32(4, nulls ? 1 : 0);
  view.setInt32(8, element);
  view.setInt32(12, count);
  view.setInt32(16, 1);
  return { buffer: count === 0 ? buffer.subarray(0, 12) : buffer, view };
}

/** bigint[]; undefined is NULL. */
export function bigintArray(values: ArrayLike<bigint | undefined>): Buffer {
  return eightBytes(values, OID.int8, (view, at, value) => view.setBigInt64(at, value));
}

/** double precision[], every bit kept: NaN, ±Infinity, −0; undefined is NULL. */
export function doubleArray(values: ArrayLike<number | undefined>): Buffer {
  return eightBytes(values, OID.float8, (view, at, value) => view.setFloat64(at, value));
}

function eightBytes<T>(
  values: ArrayLike<T | undefined>,
  element: number,
  set: (view: DataView, at: number, value: T) => void,
): Buffer {
  const present = count(values);
  const { buffer, view } = start(values.length, element, 8 * present, present < values.length);
  let at = HEADER_BYTES;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    view.setInt32(at, value === undefined ? -1 : 8);
    at += 4;
    if (value === undefined) continue;
    set(view, at, value);
    at += 8;
  }
  return buffer;
}

/** text[] in UTF-8; undefined is NULL. Half a surrogate pair becomes U+FFFD. */
export function textArray(values: ArrayLike<string | undefined>): Buffer {
  return runs(values, OID.text, Buffer.byteLength, (buffer, at, value) => buffer.write(value, at));
}

/** bytea[]; undefined is NULL. */
export function byteaArray(values: ArrayLike<Uint8Array | undefined>): Buffer {
  return runs(
    values,
    OID.bytea,
    (value) => value.length,
    (buffer, at, value) => buffer.set(value, at),
  );
}

/** uuid[] from 16 bytes each. */
export function uuidArray(ids: Uint8Array): Buffer {
  const values = Array.from({ length: ids.length / 16 }, (_, i) => ids.subarray(i * 16, i * 16 + 16));
  return runs(
    values,
    OID.uuid,
    () => 16,
    (buffer, at, value) => buffer.set(value, at),
  );
}

function runs<T>(
  values: ArrayLike<T | undefined>,
  element: number,
  sizeOf: (value: T) => number,
  put: (buffer: Buffer, at: number, value: T) => void,
): Buffer {
  let bytes = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (value !== undefined) bytes += sizeOf(value);
  }
  const { buffer, view } = start(values.length, element, bytes, count(values) < values.length);
  let at = HEADER_BYTES;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    const size = value === undefined ? -1 : sizeOf(value);
    view.setInt32(at, size);
    at += 4;
    if (value === undefined) continue;
    put(buffer, at, value);
    at += size;
  }
  return buffer;
}

function count(values: ArrayLike<unknown>): number {
  let present = 0;
  for (let i = 0; i < values.length; i += 1) if (values[i] !== undefined) present += 1;
  return present;
}
