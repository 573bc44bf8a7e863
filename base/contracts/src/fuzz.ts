/** Test support: what a broken or hostile peer may send in place of a real message. Found again by its seed. */
// biome-ignore lint/correctness/noUndeclaredDependencies: test support, and tests use the workspace's own fast-check
import fc from "fast-check";

declare const structuredClone: <T>(value: T) => T;

/** Set JX_FUZZ_SEED to the seed that a failed run printed, JX_FUZZ_RUNS for a longer one. */
const environment = (globalThis as { process?: { env: Readonly<Record<string, string | undefined>> } }).process?.env;

/** For fc.assert, which prints it when it fails, and fc.sample: a new seed each time, so that many runs see much. */
export function fuzzing(runs: number): { readonly seed: number; readonly numRuns: number } {
  const seed = Number(environment?.JX_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
  return { seed, numRuns: Number(environment?.JX_FUZZ_RUNS ?? runs) };
}

/** Values where a careless reader expects others. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, 2 ** 53, "", " ", [], {}, [null], [[]], { "": null }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "%",
    "%zz",
    "%00",
    "../..",
    "a/b",
    "+",
    "#",
    "\u0000",
    "\ud800",
  ),
  fc.constantFrom("9223372036854775808", "-9223372036854775809", "1e999", "NaN", "0x10", "10h", "(((((", "[z-a]"),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer({ min: 1, max: 20_000 }).map((length) => "x".repeat(length)),
);

/** A recorded value with one to four of its parts replaced, removed or added. */
export function mutatedValue(recorded: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.nat(), how: fc.constantFrom("replace", "remove", "add"), value: odd, key: odd });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const holder = { root: structuredClone(recorded) };
    for (const { at, how, value: fresh, key } of changes) {
      const value = structuredClone(fresh);
      const places = placesIn(holder);
      const place = places[at % places.length];
      if (place === undefined) continue;
      const [parent, name] = place;
      if (how === "remove" && parent !== holder) delete parent[name];
      else if (how === "add") define(parent[name], typeof key === "string" ? key : "extra", value);
      else define(parent, name, value);
    }
    return holder.root;
  });
}

/** A recorded text with pieces cut out, doubled, overwritten. */
export function mutatedBytes(recorded: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    at: fc.nat(),
    length: fc.nat({ max: 64 }),
    how: fc.constantFrom("cut", "double", "overwrite", "insert"),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  });
  return fc
    .tuple(fc.constantFrom(...recorded), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([base, changes]) =>
      changes.reduce<Uint8Array>((bytes, { at, length, how, bytes: fresh }) => {
        const start = bytes.length === 0 ? 0 : at % bytes.length;
        const [head, piece, tail] = [
          bytes.slice(0, start),
          bytes.slice(start, start + length),
          bytes.slice(start + length),
        ];
        if (how === "cut") return joined(head, tail);
        if (how === "double") return joined(head, piece, piece, tail);
        return how === "insert"
          ? joined(head, fresh, piece, tail)
          : joined(head, fresh, bytes.slice(start + fresh.length));
      }, base),
    );
}

type Holder = Record<string, unknown>;

function placesIn(value: object): [Holder, string][] {
  return Object.entries(value).flatMap(([name, inner]) => [
    [value as Holder, name] as [Holder, string],
    ...(typeof inner === "object" && inner !== null && !ArrayBuffer.isView(inner) ? placesIn(inner) : []),
  ]);
}

/** As JSON.parse does it, so that "__proto__" is a key like any other. */
function define(target: unknown, name: string, value: unknown): void {
  if (typeof target !== "object" || target === null || ArrayBuffer.isView(target)) return;
  if (Array.isArray(target) && name === "length") return;
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
