/** An upload is a form with a file, or is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzing, mutatedBytes } from "@jx/contracts/fuzz";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { formFile } from "./form.ts";

/** As curl 8 sends `-F file=@profile.yaml`. */
const FORM = Buffer.from(
  [
    "--------------------------d74496d66958873e",
    'Content-Disposition: form-data; name="file"; filename="profile.yaml"',
    "Content-Type: application/octet-stream",
    "",
    "name: p\ndeviceResources: []\n",
    "--------------------------d74496d66958873e--",
    "",
  ].join("\r\n"),
);
const TYPE = "multipart/form-data; boundary=------------------------d74496d66958873e";

async function check(bytes: Uint8Array, contentType: string): Promise<void> {
  const start = performance.now();
  try {
    assert.equal(typeof (await formFile(bytes, contentType)), "string");
  } catch (error) {
    assert.ok(isAppError(error) && ["ContractInvalid", "LimitExceeded"].includes(error.kind), String(error));
  }
  assert.ok(performance.now() - start < 5_000);
}

test("the recorded form is one", async () => {
  assert.equal(await formFile(FORM, TYPE), "name: p\ndeviceResources: []\n");
});

test("its bytes and its content type changed", async () => {
  const types = fc.oneof(
    { weight: 4, arbitrary: fc.constant(TYPE) },
    { weight: 1, arbitrary: fc.string({ maxLength: 80 }).map((end) => `multipart/form-data; boundary=${end}`) },
  );
  await fc.assert(fc.asyncProperty(mutatedBytes([FORM]), types, check), fuzzing(500));
});

test("forms made to be slow", async () => {
  const part = FORM.subarray(0, FORM.length - 46).toString();
  for (const text of [
    part.repeat(5_000),
    `${part.split("\r\n")[0]}\r\n${"A: b\r\n".repeat(200_000)}`,
    "-".repeat(1_000_000),
    "\r\n--".repeat(300_000),
    `${part}${"x".repeat(2_000_000)}\r\n--------------------------d74496d66958873e--\r\n`,
  ]) {
    await check(Buffer.from(text), TYPE);
  }
});
