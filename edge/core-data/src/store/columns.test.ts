import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventBuilder } from "./column-builder.ts";
import { buffersOf } from "./columns.ts";
import { decodeEvents } from "./decode.ts";
import { Dictionary } from "./dictionary.ts";
import { encodeEvents } from "./encode.ts";
import { anyEvent, event, reading } from "./sample-events.ts";
import { readUuid, uuidToBytes } from "./uuid.ts";

test("events to columns, through a thread's clone, and back are the same events", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 4 }), (events) => {
      const dictionary = new Dictionary();
      const builder = new EventBuilder(1e9);
      encodeEvents(events, builder, dictionary);
      const columns = builder.finish();
      const moved = structuredClone(columns, { transfer: buffersOf(columns.readings, columns) });
      const { sources, series } = dictionary.takeFresh();
      assert.deepStrictEqual(decodeEvents(moved, sources, series), events);
    }),
  );
});

test("a refused batch leaves no trace between its neighbours", () => {
  fc.assert(
    fc.property(anyEvent, anyEvent, anyEvent, (before, refused, behind) => {
      const dictionary = new Dictionary();
      const builder = new EventBuilder(1e9);
      encodeEvents([before], builder, dictionary);
      const bad = event({ readings: [...refused.readings, reading({ valueType: "Int8", value: "x" })] });
      assert.throws(
        () => encodeEvents([refused, bad], builder, dictionary),
        /pump-1\/temperature: string x is no Int8/,
      );
      encodeEvents([behind], builder, dictionary);
      const { sources, series } = dictionary.takeFresh();
      assert.deepStrictEqual(decodeEvents(builder.finish(), sources, series), [before, behind]);
    }),
  );
});

test("a full dictionary starts afresh under a new epoch", () => {
  const dictionary = new Dictionary(2);
  dictionary.source(event());
  dictionary.series(reading());
  assert.equal(dictionary.full, true);
  const { epoch } = dictionary.takeFresh();
  dictionary.startAfresh();
  assert.equal(dictionary.full, false);
  assert.equal(dictionary.series(reading()), 0);
  assert.deepEqual([dictionary.takeFresh().epoch, dictionary.takeFresh().series], [epoch + 1, []]);
});

test("UUIDs keep their 128 bits, in lower case", () => {
  fc.assert(fc.property(fc.uuid(), (id) => readUuid(uuidToBytes(id.toUpperCase()), 0) === id));
  // RFC 9562 appendix A.4
  assert.deepEqual(
    [...uuidToBytes("919108f7-52d1-4320-9bac-f847db4148a8")].slice(0, 8),
    [0x91, 0x91, 0x08, 0xf7, 0x52, 0xd1, 0x43, 0x20],
  );
  assert.throws(() => uuidToBytes("919108f752d143209bacf847db4148a8"), /is no UUID/);
});
