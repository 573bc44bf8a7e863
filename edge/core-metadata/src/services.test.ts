/** edgex-behaviour.md §1.4–1.5. */
import assert from "node:assert/strict";
import { addOne, contract, copy, refusal, SERVICE } from "./metadata.fixture.ts";

contract("POST service: 201, 409; its event lacks id and stamps", async ({ harness }) => {
  const h = await harness();
  const body = [{ service: copy(SERVICE) }];
  assert.equal((await h.client.addServices({ body }))[0]?.statusCode, 201);
  assert.deepEqual((await h.client.addServices({ body }))[0], {
    statusCode: 409,
    message: "device service name svc already exists",
  });
  assert.deepEqual(await h.events(), [
    { topic: "deviceservice/add/svc", action: "add", details: { ...SERVICE, properties: {} } },
  ]);
});

contract("PATCH service: by name or id, absent and null stay, empty clears", async ({ harness }) => {
  const h = await harness();
  const service = { ...copy(SERVICE), description: "text", labels: ["a"] };
  const id = (await h.client.addServices({ body: [{ service }] }))[0]?.id ?? "";
  const patch = async (fields: object) => (await h.client.updateServices({ body: [{ service: fields }] }))[0];
  assert.deepEqual(await patch({ name: "no" }), { statusCode: 404, message: "no device service with name 'no' found" });
  assert.deepEqual(await patch({ id, name: "x" }), {
    statusCode: 400,
    message: "device service name 'x' not match the exsting 'svc' ",
  });
  assert.deepEqual(await patch({ id, adminState: "LOCKED", description: null, labels: [] }), { statusCode: 200 });
  const stored = (await h.client.serviceByName({ name: "svc" })).service;
  assert.deepEqual([stored.adminState, stored.description, stored.labels], ["LOCKED", "text", undefined]);
  const [, event] = await h.events();
  assert.deepEqual([event?.topic, event?.details["adminState"]], ["deviceservice/update/svc", "LOCKED"]);
});

contract("DELETE service: 404, 409 while it owns a device", async ({ seeded }) => {
  const h = await seeded();
  assert.equal(await refusal(h.client.deleteService({ name: "no" })), "404 no device service with name 'no' found");
  await addOne(h);
  assert.equal(
    await refusal(h.client.deleteService({ name: "svc" })),
    "409 fail to delete the device service when associated device exists",
  );
  await h.client.deleteDevice({ name: "d1" });
  await h.client.deleteService({ name: "svc" });
  assert.deepEqual(await h.client.allServices({}), { totalCount: 0, services: [] });
});
