/** edgex-behaviour.md §1.3, "uploadfile"; the file is one as EdgeX's device services have them. */
import assert from "node:assert/strict";
import { contract, copy, type Harness, PROFILE, refusal } from "./metadata.fixture.ts";

const FILE = `name: "泵 1"
manufacturer: "JX"
deviceResources:
  - name: "R1"
    isHidden: false
    properties: { valueType: "int16", readWrite: "RW", defaultValue: 0, units: "C" }
deviceCommands:
  - name: "C1"
    readWrite: "R"
    resourceOperations:
      - { deviceResource: "R1", mappings: { "0": off } }
`;

async function send(h: Harness, method: string, file: string | FormData, headers = {}) {
  const body = typeof file === "string" ? form(file) : file;
  const answer = await fetch(`${h.url}/deviceprofile/uploadfile`, { method, body, headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function form(text: string, field = "file"): FormData {
  const data = new FormData();
  data.set("note", "other fields are ignored");
  data.set(field, new Blob([text]), "泵.yaml");
  return data;
}

contract("upload: 201 with an id, 409 the second time; PUT 200 without one, 404", async ({ seeded }) => {
  const h = await seeded();
  if (h.url === undefined) return;
  const added = await send(h, "POST", FILE);
  const { id, ...frame } = added.body;
  assert.deepEqual([added.status, frame], [201, { apiVersion: "v3", statusCode: 201 }]);
  const { profile } = await h.client.profileByName({ name: "泵 1" });
  assert.equal(profile.id, id);
  assert.deepEqual(profile.deviceResources?.[0]?.properties, {
    valueType: "Int16",
    readWrite: "RW",
    defaultValue: "0",
    units: "C",
  });
  assert.deepEqual(await send(h, "POST", FILE), {
    status: 409,
    body: { apiVersion: "v3", message: "device profile name 泵 1 already exists", statusCode: 409 },
  });
  await h.events();
  const again = await send(h, "PUT", FILE.replace("JX", "other"));
  assert.deepEqual([again.status, again.body], [200, { apiVersion: "v3", statusCode: 200 }]);
  assert.equal((await h.client.profileByName({ name: "泵 1" })).profile.manufacturer, "other");
  assert.deepEqual(
    (await h.events()).map(({ topic }) => topic),
    ["deviceprofile/update/core-metadata/泵 1"],
  );
  assert.deepEqual(await send(h, "PUT", FILE.replace("泵 1", "no")), {
    status: 404,
    body: { apiVersion: "v3", message: "device profile 'no' does not exist", statusCode: 404 },
  });
});

contract("upload: a file that is parsed beside the main loop, and its faults come through", async ({ harness }) => {
  const h = await harness();
  if (h.url === undefined) return;
  const resource = (i: number): string => `  - { name: R${i}, properties: { valueType: Int16, readWrite: RW } }\n`;
  const text = `name: large\ndeviceResources:\n${Array.from({ length: 200 }, (_, i) => resource(i)).join("")}`;
  assert.equal((await send(h, "POST", text)).status, 201);
  assert.equal((await h.client.profileByName({ name: "large" })).profile.deviceResources?.length, 200);
  const { status, body } = await send(h, "PUT", text.replace("R199", "R198"));
  assert.deepEqual(
    [status, body["message"], body["details"]],
    [400, "*dtos.DeviceProfile yaml decoding failed", { reason: "profile:202:5: device resource R198 is duplicated" }],
  );
});

const BAD: readonly [what: string, text: string, reason: RegExp][] = [
  ["no YAML", "name: 'a\n", /^profile:2:1: /],
  ["without a name", FILE.replace('"泵 1"', '""'), /name is missing/],
  ["with an unknown value type", FILE.replace("int16", "int7"), /^profile:6:30: .*valueType must be one of/],
  ["whose command names no resource", FILE.replace('deviceResource: "R1"', 'deviceResource: "R9"'), /R9/],
  ["a bomb of aliases", `a: &a [1]\nb: &b [${"*a, ".repeat(200)}]\nname: [${"*b, ".repeat(200)}]\n`, /alias/i],
];
for (const [what, text, reason] of BAD) {
  contract(`upload of a file ${what}: 400 with EdgeX's words, and the reason beside them`, async ({ harness }) => {
    const h = await harness();
    if (h.url === undefined) return;
    for (const method of ["POST", "PUT"]) {
      const { status, body } = await send(h, method, text);
      assert.deepEqual([status, body["message"]], [400, "*dtos.DeviceProfile yaml decoding failed"]);
      assert.match(String((body["details"] as { reason?: string }).reason), reason);
    }
    assert.equal((await h.client.allProfiles({})).totalCount, 0);
  });
}

contract("upload: what is no form, or one without the file", async ({ harness }) => {
  const h = await harness();
  if (h.url === undefined) return;
  const messageOf = async (body: string | FormData, headers = {}) => {
    const answer = await fetch(`${h.url}/deviceprofile/uploadfile`, { method: "POST", body, headers });
    return `${answer.status} ${((await answer.json()) as { message: string }).message}`;
  };
  assert.equal(await messageOf(form(FILE, "files")), "400 missing yaml file");
  const textOnly = new FormData();
  textOnly.set("file", FILE);
  assert.equal(await messageOf(textOnly), "400 missing yaml file", "a field of text is no file");
  assert.equal(
    await messageOf(FILE, { "content-type": "application/x-yaml" }),
    "400 request Content-Type isn't multipart/form-data",
  );
  assert.equal(
    await messageOf("", { "content-type": "application/json" }),
    "400 request Content-Type isn't multipart/form-data",
  );
  assert.match(
    await messageOf("--x\r\nnonsense", { "content-type": "multipart/form-data; boundary=x" }),
    /^400 the form/,
  );
  assert.match(await messageOf(form("x".repeat(1_048_577))), /^413 the file has 1048577 bytes/);
});

contract("upload by the typed client, units and strict settings", async ({ seeded }) => {
  const h = await seeded();
  const body = { ...copy(PROFILE), name: "up" };
  assert.match((await h.client.uploadProfile({ body })).id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(await h.client.replaceProfileByUpload({ body: { ...body, model: "m" } }), {});
  assert.equal((await h.client.profileByName({ name: "up" })).profile.model, "m");
  assert.equal(await refusal(h.client.uploadProfile({ body })), "409 device profile name up already exists");
  assert.equal(
    await refusal(h.client.uploadProfile({ body: { ...body, name: " " } })),
    "400 *dtos.DeviceProfile yaml decoding failed",
  );
  const duplicated = { ...body, deviceResources: [...body.deviceResources, ...body.deviceResources] };
  assert.equal(
    await refusal(h.client.uploadProfile({ body: duplicated })),
    "400 *dtos.DeviceProfile yaml decoding failed",
  );
  h.config.Writable.ProfileChange.StrictDeviceProfileChanges = true;
  assert.equal(
    await refusal(h.client.replaceProfileByUpload({ body: {} as never })),
    "423 profile change is not allowed when StrictDeviceProfileChanges config is enabled",
  );
  assert.ok((await h.client.uploadProfile({ body: { ...body, name: "new" } })).id);
});

contract("strict: PUT is refused before its body is looked at", async ({ seeded }) => {
  const h = await seeded();
  h.config.Writable.ProfileChange.StrictDeviceProfileChanges = true;
  const text = "423 profile change is not allowed when StrictDeviceProfileChanges config is enabled";
  assert.equal(await refusal(h.client.replaceProfiles({ body: [{ profile: { name: " " } }] })), text);
  if (h.url === undefined) return;
  const answer = await fetch(`${h.url}/deviceprofile`, { method: "PUT", body: "{ no JSON" });
  assert.equal(`${answer.status} ${((await answer.json()) as { message: string }).message}`, text);
});
