/** The callback over the bus: edgex-behaviour.md §1.2. */
import assert from "node:assert/strict";
import { addOne, contract, patchOne } from "./metadata.fixture.ts";

contract("the device's own service is asked, and may refuse", async ({ seeded }) => {
  const h = await seeded();
  const asked: unknown[] = [];
  using _service = h.answerValidation("svc", (device) => {
    asked.push(device);
    return asked.length === 1 ? { errorCode: 1, payload: "no Address" } : {};
  });
  assert.deepEqual(await addOne(h, {}, {}), { statusCode: 500, message: "Device d1 validation failed: no Address" });
  assert.equal((await addOne(h, {}, {}))?.statusCode, 201);
  assert.equal((asked[0] as { id?: string }).id, undefined, "a new device has no id yet");
  assert.equal((await patchOne(h, { description: "x" }, {}))?.statusCode, 200);
  assert.deepEqual(
    [(asked[2] as { description?: string }).description, (asked[2] as { profileName?: string }).profileName],
    ["x", "prof"],
    "a change is asked about as the merged device",
  );
});

contract("force and bypassValidation skip nothing but the question", async ({ seeded }) => {
  const h = await seeded();
  let asked = 0;
  using _service = h.answerValidation("svc", () => {
    asked += 1;
    return {};
  });
  await addOne(h, {}, { bypassValidation: "true" });
  await addOne(h, {}, { force: "true" });
  assert.equal(asked, 0);
  assert.equal((await addOne(h, { profileName: "no" }, { force: "true", bypassValidation: "true" }))?.statusCode, 400);
  await addOne(h, { name: "d2" }, { bypassValidation: "True" });
  assert.equal(asked, 1);
});

contract(
  "nobody listens: 503 at once; a silent service: 503 after the time-out, and the next item is stored",
  async ({ seeded }) => {
    const h = await seeded();
    h.config.Service.RequestTimeout = "20ms";
    const failed = { statusCode: 503, message: "Error sending request to topic 'edgex/svc/validate/device'" };
    assert.deepEqual(await addOne(h, {}, {}), failed);
    using _service = h.answerValidation("svc", (device) =>
      (device as { name: string }).name === "d1" ? undefined : {},
    );
    assert.deepEqual(await addOne(h, {}, {}), failed);
    assert.equal((await addOne(h, { name: "d2" }, {}))?.statusCode, 201);
    assert.equal((await h.client.allDevices({})).totalCount, 1);
  },
);
