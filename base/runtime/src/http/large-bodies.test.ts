import assert from "node:assert/strict";
import { test } from "node:test";
import { LARGE_BODY_BYTES, parseLargeBody } from "./large-bodies.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test("a large body comes out of the worker as parseBody gives it, 64-bit origins included", async () => {
  const padding = "x".repeat(LARGE_BODY_BYTES);
  const value = await parseLargeBody(undefined, text(`{"origin":1795472580937858331,"padding":"${padding}"}`), "");
  assert.deepEqual(value, { origin: 1795472580937858331n, padding });
});

test("a bad large body is refused with the same words as a small one", async () => {
  await assert.rejects(parseLargeBody(undefined, text("[1,"), "application/json"), {
    name: "AppError",
    kind: "ContractInvalid",
  });
});
