/** Pure: physical values ↔ register words, as a point of the map says. */
import type { Point } from "./points.ts";

export function wordsOf(point: Point): 1 | 2 {
  return point.rawType === "Uint32" || point.rawType === "Float32" ? 2 : 1;
}

const LIMITS = { Int16: [-32_768, 32_767], Uint16: [0, 65_535], Uint32: [0, 4_294_967_295] } as const;

/** A value beyond what the register holds shows as its nearest limit, as instruments do. */
export function encode(point: Point, value: number): readonly number[] {
  const view = new DataView(new ArrayBuffer(4));
  if (point.rawType === "Float32") {
    view.setFloat32(0, value / (point.scale ?? 1));
  } else if (point.rawType !== "Bool") {
    const [min, max] = LIMITS[point.rawType];
    const raw = Math.max(min, Math.min(max, Math.round(value / (point.scale ?? 1))));
    if (point.rawType === "Uint32") view.setUint32(0, raw);
    else view.setUint16(0, raw & 0xffff);
  }
  const words = wordsOf(point) === 1 ? [view.getUint16(0)] : [view.getUint16(0), view.getUint16(2)];
  return swap(point, words);
}

/** NaN when the words hold no number. */
export function decode(point: Point, words: readonly number[]): number {
  const [high = 0, low = 0] = swap(point, words);
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, high);
  view.setUint16(2, low);
  const scale = point.scale ?? 1;
  switch (point.rawType) {
    case "Float32":
      return view.getFloat32(0) * scale;
    case "Uint32":
      return view.getUint32(0) * scale;
    case "Int16":
      return view.getInt16(0) * scale;
    default:
      return high * scale;
  }
}

/** Its own inverse. */
function swap(point: Point, words: readonly number[]): readonly number[] {
  const swapped = point.byteSwap ? words.map((word) => ((word & 0xff) << 8) | (word >> 8)) : words;
  return point.wordSwap ? swapped.toReversed() : swapped;
}
