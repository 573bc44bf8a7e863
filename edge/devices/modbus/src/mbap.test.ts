import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, isAppError, toHex } from "@jx/kit";
import fc from "fast-check";
import { encodeFrame, type Frame, FrameDecoder } from "./mbap.ts";

const frame = fc
  .tuple(
    fc.integer({ min: 0, max: 0xffff }),
    fc.integer({ min: 0, max: 255 }),
    fc.uint8Array({ minLength: 2, maxLength: 253 }),
  )
  .map(([transaction, unit, pdu]): Frame => ({ transaction, unit, pdu }));

function decodeAll(chunks: readonly Uint8Array[]): Frame[] {
  const decoder = new FrameDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

test("Messaging Guide V1.0b, 3.1.3: transaction 0x1501, protocol 0, length 6, unit 0xff in front of a register read", () => {
  const bytes = encodeFrame({ transaction: 0x1501, unit: 0xff, pdu: Uint8Array.of(3, 0, 4, 0, 1) });
  assert.equal(toHex(bytes), "150100000006ff0300040001");
});

test("frames come out as they went in, however the stream was cut", () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 300 })), (frames, cuts) => {
      const stream = concatBytes(frames.map(encodeFrame));
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const size of cuts) {
        chunks.push(stream.subarray(at, at + size));
        at += size;
      }
      chunks.push(stream.subarray(at));
      assert.deepEqual(decodeAll(chunks), frames);
      assert.deepEqual(decodeAll(Array.from(stream, (byte) => Uint8Array.of(byte))), frames);
    }),
  );
});

test("a stream that is no Modbus TCP is refused as soon as it shows, and nothing of that chunk is taken", () => {
  const good = encodeFrame({ transaction: 1, unit: 1, pdu: Uint8Array.of(3, 2, 0, 7) });
  for (const header of ["00020001", "000200000000", "000200000002", "0002000000ff", "00020000ffff", "48545450312e31"]) {
    const bad = Uint8Array.from(header.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    for (const chunk of [bad, concatBytes([good, bad])]) {
      assert.throws(
        () => new FrameDecoder().push(chunk),
        (error) => isAppError(error, "Communication") && error.message.includes(header),
      );
    }
  }
});

test("an answer cut short and filled up by the next one is not handed out", () => {
  const answer = (transaction: number) =>
    encodeFrame({ transaction, unit: 1, pdu: Uint8Array.of(3, 6, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66) });
  for (let cut = 1; cut < answer(1).length; cut++) {
    const decoder = new FrameDecoder();
    decoder.push(answer(1).subarray(0, cut));
    assert.throws(
      () => decoder.push(answer(2)),
      (error) => isAppError(error, "Communication"),
      `cut after ${cut} bytes`,
    );
  }
});

test("random bytes never yield a frame longer than the standard's, nor any other error", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }), (chunks) => {
      try {
        for (const { pdu } of decodeAll(chunks)) assert.ok(pdu.length >= 2 && pdu.length <= 253);
      } catch (error) {
        assert.ok(isAppError(error, "Communication"));
      }
    }),
  );
});
