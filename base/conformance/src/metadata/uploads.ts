/** Profiles from YAML files, and the units that they may use: edgex-behaviour.md §1.3. */
import assert from "node:assert/strict";
import type { Contract, Step } from "../contract.ts";
import type { RawRequest } from "../raw.ts";
import { refusal } from "../refusal.ts";
import { houseOf, type Metadata } from "./fixture.ts";

const BAD_FILE = "*dtos.DeviceProfile yaml decoding failed";

export const uploadSteps: readonly Step<Metadata>[] = [
  {
    name: "a profile comes from a file, and is replaced by one",
    zh: "用文件新增模型，用文件替换模型",
    access: "write",
    run: uploaded,
  },
  {
    name: "a file in YAML, as a device service has it",
    zh: "YAML 文件，即设备服务自带的格式",
    access: "write",
    over: "HTTP",
    run: yaml,
  },
  { name: "a form without a file is refused", zh: "没有文件的表单被拒绝", access: "write", over: "HTTP", run: noFile },
  {
    name: "what is no form, and a file that is too large",
    zh: "请求不是表单，或文件过大",
    access: "write",
    over: "HTTP",
    jxOnly: { zh: "EdgeX 返回 500，且不限制文件大小", en: "EdgeX answers 500, and takes files of any size" },
    run: noForm,
  },
  { name: "the units of measure", zh: "计量单位", access: "read", run: units },
  {
    name: "the units of measure in YAML, where Accept says so",
    zh: "Accept 要求时以 YAML 返回计量单位",
    access: "read",
    over: "HTTP",
    run: unitsInYaml,
  },
];

async function uploaded({ client, name }: Contract<Metadata>): Promise<void> {
  const { profile } = houseOf(name, "upload");
  const { id } = await client.uploadProfile({ body: profile });
  const stored = (await client.profileByName({ name: profile.name })).profile;
  assert.deepEqual([stored.id, stored.deviceResources?.[0]?.properties.valueType], [id, "Int16"]);
  assert.equal(
    await refusal(client.uploadProfile({ body: profile })),
    `409 device profile name ${profile.name} already exists`,
  );
  const replace = (fields: object) => client.replaceProfileByUpload({ body: { ...profile, ...fields } });
  assert.deepEqual(await replace({ id, model: "m" }), {});
  assert.equal((await client.profileByName({ name: profile.name })).profile.model, "m");
  const nobody = name("nobody");
  assert.equal(await refusal(replace({ name: nobody })), `404 device profile '${nobody}' does not exist`);
  for (const fields of [{ name: " " }, { deviceResources: [] }]) {
    assert.equal(await refusal(replace(fields)), `400 ${BAD_FILE}`);
    assert.equal(await refusal(client.uploadProfile({ body: { ...profile, ...fields } })), `400 ${BAD_FILE}`);
  }
  await client.addProfiles({ body: [{ profile: { name: name("upload 2") } }] });
  assert.equal(await refusal(replace({ name: name("upload 2"), id })), `409 device profile id ${id} already exists`);
}

/** A form with one field, as a browser or curl sends it. */
function form(field: string, text: string): RawRequest {
  const boundary = "------------------------jx-conform-8d2a1c";
  const head = `Content-Disposition: form-data; name="${field}"; filename="p.yaml"\r\nContent-Type: application/octet-stream`;
  return {
    method: "POST",
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: `--${boundary}\r\n${head}\r\n\r\n${text}\r\n--${boundary}--\r\n`,
  };
}

async function yaml({ raw, client, name }: Contract<Metadata>): Promise<void> {
  const own = name("yaml");
  const text = `name: ${JSON.stringify(own)}
deviceResources:
  - name: "R1" # a comment
    properties: { valueType: "float32", readWrite: "RW", defaultValue: 0.5 }
`;
  const { status, text: answer } = await raw("/deviceprofile/uploadfile", form("file", text));
  const { id, ...frame } = JSON.parse(answer) as { id: string };
  assert.deepEqual([status, frame], [201, { apiVersion: "v3", statusCode: 201 }]);
  const { profile } = await client.profileByName({ name: own });
  assert.deepEqual(
    [profile.id, profile.deviceResources?.[0]?.properties],
    [id, { valueType: "Float32", readWrite: "RW", defaultValue: "0.5" }],
  );
}

async function noFile({ raw }: Contract<Metadata>): Promise<void> {
  for (const method of ["POST", "PUT"] as const) {
    const { status, text } = await raw("/deviceprofile/uploadfile", { ...form("other", "name: jx-conform-a"), method });
    assert.deepEqual(
      [status, JSON.parse(text)],
      [400, { apiVersion: "v3", message: "missing yaml file", statusCode: 400 }],
    );
  }
}

async function noForm({ raw, client, name }: Contract<Metadata>): Promise<void> {
  for (const method of ["POST", "PUT"] as const) {
    const headers = { "content-type": "application/json" };
    const { status, text } = await raw("/deviceprofile/uploadfile", { method, headers, body: "{}" });
    assert.match(`${status} ${text}`, /^400 .*request Content-Type isn't multipart\/form-data/);
  }
  const body = { name: name("large"), description: "x".repeat(1 << 20) };
  assert.match(await refusal(client.uploadProfile({ body })), /^413 the file has \d+ bytes; 1048576 are read$/);
  assert.match(await refusal(client.replaceProfileByUpload({ body })), /^413 /);
}

async function units({ client }: Contract<Metadata>): Promise<void> {
  const { uom } = await client.unitsOfMeasure({});
  for (const { values } of Object.values(uom.units ?? {})) {
    assert.ok(values === undefined || values.every((each) => typeof each === "string" && each !== ""));
  }
}

async function unitsInYaml({ raw, client }: Contract<Metadata>): Promise<void> {
  const { uom } = await client.unitsOfMeasure({});
  const { status, headers, text } = await raw("/uom", { headers: { accept: "application/x-yaml" } });
  assert.deepEqual([status, headers.get("content-type")], [200, "application/x-yaml"]);
  if (uom.source !== undefined) assert.match(text, /^Source: /m);
  for (const group of Object.keys(uom.units ?? {})) assert.ok(text.includes(group), group);
  const json = await raw("/uom", { headers: { accept: "application/x-yaml, */*" } });
  assert.deepEqual((JSON.parse(json.text) as { uom: unknown }).uom, uom);
}
