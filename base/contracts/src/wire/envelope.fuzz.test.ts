/** Whatever a peer publishes is a message, or is refused with a reason, and soon. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { fuzzing, mutatedBytes, mutatedValue } from "../fuzz.ts";
import type { Message } from "../message.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope.ts";
import { stringifyJson } from "./json.ts";

/** Envelopes as EdgeX's Go modules wrote them. */
const vectors = JSON.parse(readFileSync(new URL("vectors/go-vectors.json", import.meta.url), "utf8")) as Readonly<
  Record<string, string>
>;
const texts = ["envelopeJson", "envelopeBase64Json", "envelopeCborPayload", "envelopeError"].map((name) =>
  Buffer.from(vectors[name] ?? assert.fail(name)),
);
const cbor = Buffer.from(vectors.envelopeWholeCborBase64 ?? assert.fail(), "base64");
const TOPICS = [
  "edgex/events/device/s/p/d/r",
  "edgex/system-events/core-metadata/device/add/s/p",
  "edgex/configs/x",
  "edgex/core/command/request/d/r/get",
];
/** One of a few kB takes well under a millisecond; this leaves room for a machine that does other things. */
const LIMIT_MS = 5_000;

function check(topic: string, bytes: Uint8Array): void {
  const start = performance.now();
  let message: Message | undefined;
  try {
    message = decodeEnvelope(topic, bytes);
  } catch (error) {
    assert.ok(isAppError(error, "ContractInvalid"), String((error as Error).stack));
  }
  // What was taken can be sent on: core data and core command do.
  if (message !== undefined) encodeEnvelope(message);
  const took = performance.now() - start;
  assert.ok(took < LIMIT_MS, `took ${took} ms`);
  if (message !== undefined && topic.startsWith("edgex/events/")) assert.equal(message.kind, "event");
}

const topic = fc.constantFrom(...TOPICS);

test("recorded envelopes with bytes changed", () => {
  fc.assert(fc.property(topic, mutatedBytes([...texts, cbor]), check), fuzzing(3_000));
});

test("recorded envelopes with parts of their JSON changed", () => {
  const values = texts.map((text) => mutatedValue(JSON.parse(text.toString())));
  const json = fc.oneof(...values).map((value) => Buffer.from(stringifyJson(value)));
  fc.assert(fc.property(topic, json, check), fuzzing(3_000));
});

test("recorded envelopes with parts of their CBOR changed", () => {
  const bytes = mutatedValue(decodeCbor(cbor)).map((value) => encodeCbor(value));
  fc.assert(fc.property(topic, bytes, check), fuzzing(2_000));
});

test("payloads in base64 with bytes changed inside", () => {
  const envelope = JSON.parse(texts[2]?.toString() ?? "") as { payload: string };
  const inner = mutatedBytes([Buffer.from(envelope.payload, "base64")]);
  const outer = inner.map((bytes) =>
    Buffer.from(JSON.stringify({ ...envelope, payload: Buffer.from(bytes).toString("base64") })),
  );
  fc.assert(fc.property(topic, outer, check), fuzzing(2_000));
});

test("any bytes at all", () => {
  fc.assert(fc.property(topic, fc.uint8Array({ maxLength: 300 }), check), fuzzing(2_000));
});

test("texts of a megabyte, made to be slow", () => {
  const size = 1_000_000;
  for (const text of [
    "[".repeat(size),
    `{"payload":"${"A".repeat(size)}"}`,
    `{"a":"${"\\".repeat(size)}`,
    `{"origin":${"1".repeat(size)}}`,
    `{${'"origin":1234567890123456,'.repeat(size / 26)}"a":1}`,
    `{"payload":"${`"origin":  `.repeat(size / 12)}`.replaceAll('"o', '\\"o'),
    `{"x":${'"origin" '.repeat(size / 9)}`,
    `"origin"${" ".repeat(size)}`,
    "\\".repeat(size),
  ]) {
    check(TOPICS[0] ?? "", Buffer.from(text));
  }
});

test("CBOR that announces much and nests deep", () => {
  for (const bytes of [
    [0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xa1, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xa1, 0x61, 0x61, 0x5b, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff],
    [0xa1, ...Array<number>(200_000).fill(0x81)],
    Array<number>(200_000).fill(0xa1),
    [0xbf, ...Array<number>(100_000).fill(0xbf)],
  ]) {
    check(TOPICS[0] ?? "", Uint8Array.from(bytes));
  }
});
