import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Framing } from "./packet-limit.ts";
import { RateLimit } from "./rate-limit.ts";
import { Window } from "./window.ts";

/** A packet of some type with `length` bytes, its length as MQTT 3.1.1 §2.2.3 codes it. */
function packet(length: number): number[] {
  const bytes = [0x30];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return [...bytes, ...new Array<number>(length).fill(0xff)];
}

test("packets up to the limit pass however they are cut, and one above it does not", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(400), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      (lengths, cuts) => {
        const limit = 300;
        const bytes = Uint8Array.from(lengths.flatMap(packet));
        const framing = new Framing(limit);
        let ok = true;
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const step = cuts[i % cuts.length] ?? 1;
          ok = ok && framing.accept(bytes.subarray(at, at + step));
          at += step;
        }
        assert.equal(
          ok,
          lengths.every((length) => length <= limit),
        );
      },
    ),
  );
});

test("the largest length MQTT can announce is refused, and so is a fifth length byte", () => {
  assert.equal(new Framing(1_048_576).accept(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f)), false);
  assert.equal(new Framing(2 ** 31).accept(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x01)), false);
});

test("a window asks to wait from its 64th send or its 256th KiB on, and lets go when there is room", async () => {
  const window = new Window();
  for (let i = 1; i < 64; i += 1) assert.equal(window.add(1), undefined);
  const wait = window.add(1);
  assert.ok(wait instanceof Promise);
  window.done(1);
  await wait;
  assert.ok(window.add(262_144) instanceof Promise);
});

test("one of a kind per interval passes, with how many were held back", () => {
  const limit = new RateLimit();
  assert.equal(limit.hit("a", 0), 0);
  assert.equal(limit.hit("a", 5_000), undefined);
  assert.equal(limit.hit("b", 5_000), 0);
  assert.equal(limit.hit("a", 10_000), 1);
});
