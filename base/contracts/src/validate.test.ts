/** Messages from edgex-behaviour.md §0–§1 (seen on EdgeX's Go services) and go-mod-core-contracts common/validator.go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { keeperOperations } from "./operations/keeper.ts";
import { metadataOperations } from "./operations/metadata.ts";
import { request } from "./operations/parts.ts";
import { Type } from "./schema.ts";
import { checkBody, foldKeys } from "./validate.ts";

function messageOf(operation: { body?: Type.TSchema; dto?: string }, body: unknown): string {
  try {
    checkBody(operation.body ?? Type.Unknown(), body, operation.dto);
  } catch (error) {
    assert.ok(isAppError(error, "ContractInvalid"));
    return error.message;
  }
  return "";
}

const { addDevices, updateDevices, addProfiles, addServices, updateServices } = metadataOperations;
const device = {
  name: "d",
  serviceName: "s",
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: {},
};
const add = (fields: object): unknown => [{ apiVersion: "v3", device: { ...device, ...fields } }];
const patch = (fields: object): unknown => [{ apiVersion: "v3", device: { name: "d", ...fields } }];
const resource = (properties: object): object => ({ name: "R", properties });
const profile = (fields: object): unknown => [{ apiVersion: "v3", profile: { name: "P", ...fields } }];

const D = "AddDeviceRequest.Device";
const U = "UpdateDeviceRequest.Device";
const P = "DeviceProfileRequest.Profile";
const DURATION =
  "Interval field should follows the ISO 8601 Durations format, e.g.,100ms, 24h, or be greater than or equal to the minimum value 1ms ";

const cases: readonly [
  what: string,
  operation: { body?: Type.TSchema; dto?: string },
  body: unknown,
  message: string,
][] = [
  ["a good device", addDevices, add({}), ""],
  ["any version passes", addDevices, [{ apiVersion: "v2", device }], ""],
  ["no version", addDevices, [{ device }], "AddDeviceRequest.BaseRequest.Versionable.ApiVersion field is required"],
  [
    "request id",
    addDevices,
    [{ apiVersion: "v3", requestId: "x", device }],
    "AddDeviceRequest.BaseRequest.RequestId field validation failed on the len=0|uuid tag with value ''",
  ],
  [
    "an object for the list",
    addProfiles,
    {},
    "json: cannot unmarshal object into Go value of type []requests.DeviceProfileRequest",
  ],
  [
    "text for the list",
    addDevices,
    "x",
    "json: cannot unmarshal string into Go value of type []requests.AddDeviceRequest",
  ],
  ["a number for a name", addDevices, add({ name: 5 }), "Failed to unmarshal request body as JSON."],
  ["empty name", addDevices, add({ name: "" }), `${D}.Name field is required`],
  ["blank name", addDevices, add({ name: " \t" }), `${D}.Name field should not be empty string`],
  ["any character in a name", addDevices, add({ name: "a/b+# é" }), ""],
  [
    "states",
    addDevices,
    add({ adminState: "X", operatingState: "" }),
    `${D}.AdminState field should be one of 'LOCKED' 'UNLOCKED'; ${D}.OperatingState field should be one of 'UP' 'DOWN' 'UNKNOWN'`,
  ],
  ["no protocols", addDevices, add({ protocols: undefined }), `${D}.Protocols field is required`],
  ["id", addDevices, add({ id: "abc" }), `${D}.Id field needs a uuid`],
  [
    "interval",
    addDevices,
    add({ autoEvents: [{ interval: "1us", sourceName: "S" }] }),
    `${D}.AutoEvents[0].${DURATION}`,
  ],
  ["interval in days passes here", addDevices, add({ autoEvents: [{ interval: "1d", sourceName: "S" }] }), ""],
  ["interval in days and hours", addDevices, add({ autoEvents: [{ interval: "1.5d2h", sourceName: "S" }] }), ""],
  [
    "retention",
    addDevices,
    add({ autoEvents: [{ interval: "1s", sourceName: "S", retention: { duration: "x" } }] }),
    `${D}.AutoEvents[0].Retention.Duration field should follows the ISO 8601 Durations format, e.g.,100ms, 24h, or be greater than or equal to the minimum value 0s `,
  ],
  [
    "threshold",
    addDevices,
    add({ autoEvents: [{ interval: "1s", sourceName: "S", onChangeThreshold: -1 }] }),
    `${D}.AutoEvents[0].OnChangeThreshold field validation failed on the gte tag with value '0'`,
  ],
  [
    "no device at all",
    addServices,
    [{ apiVersion: "v3" }],
    "AddDeviceServiceRequest.Service.Name field is required; AddDeviceServiceRequest.Service.BaseAddress field is required; AddDeviceServiceRequest.Service.AdminState field should be one of 'LOCKED' 'UNLOCKED'",
  ],
  [
    "base address",
    addServices,
    [{ apiVersion: "v3", service: { name: "s", baseAddress: "nowhere", adminState: "LOCKED" } }],
    "AddDeviceServiceRequest.Service.BaseAddress field validation failed on the uri tag with value ''",
  ],
  [
    "only the first bad item is told",
    addDevices,
    [{ apiVersion: "v3", device: { ...device, name: " " } }, {}],
    `${D}.Name field should not be empty string`,
  ],

  ["patch: absent and null leave alone", updateDevices, patch({ labels: null, adminState: null }), ""],
  ["patch: service", updateDevices, patch({ serviceName: "" }), `${U}.ServiceName field should not be empty string`],
  ["patch: id", updateDevices, patch({ id: "abc" }), `${U}.Id field needs a uuid`],
  ["patch: empty id beside a name", updateDevices, patch({ id: "" }), ""],
  [
    "patch: nobody named",
    updateDevices,
    [{ apiVersion: "v3", device: {} }],
    `${U}.Id field is required if the Name is not present; ${U}.Name field is required if the Id is not present`,
  ],
  [
    "patch: service nobody named",
    updateServices,
    [{ apiVersion: "v3", service: { id: "" } }],
    "UpdateDeviceServiceRequest.Service.Id field needs a uuid",
  ],

  [
    "value type, any case",
    addProfiles,
    profile({ deviceResources: [resource({ valueType: "int16ARRAY", readWrite: "R" })] }),
    "",
  ],
  [
    "value type",
    addProfiles,
    profile({ deviceResources: [resource({ valueType: "Int17", readWrite: "R" })] }),
    `${P}.DeviceResources[0].Properties.ValueType field validation failed on the edgex-dto-value-type tag with value ''`,
  ],
  [
    "readWrite",
    addProfiles,
    profile({ deviceResources: [resource({ valueType: "Int8", readWrite: "X" })] }),
    `${P}.DeviceResources[0].Properties.ReadWrite field should be one of 'R' 'W' 'RW' 'WR'`,
  ],
  [
    "no properties",
    addProfiles,
    profile({ deviceResources: [{ name: "R" }] }),
    `${P}.DeviceResources[0].Properties.ValueType field is required; ${P}.DeviceResources[0].Properties.ReadWrite field is required`,
  ],
  [
    "no operations",
    addProfiles,
    profile({ deviceCommands: [{ name: "c", readWrite: "R" }] }),
    `${P}.DeviceCommands[0].ResourceOperations field should greater than 0`,
  ],
  [
    "a mask below 0",
    addProfiles,
    profile({ deviceResources: [resource({ valueType: "Int8", readWrite: "R", mask: -1 })] }),
    "Failed to unmarshal request body as JSON.",
  ],
  [
    "minimum as text",
    addProfiles,
    profile({ deviceResources: [resource({ valueType: "Int8", readWrite: "R", minimum: "1" })] }),
    "Failed to unmarshal request body as JSON.",
  ],

  [
    "registration",
    keeperOperations.register,
    {},
    "AddRegistrationRequest.BaseRequest.Versionable.ApiVersion field is required; AddRegistrationRequest.Registration.ServiceId field is required; AddRegistrationRequest.Registration.Host field is required; AddRegistrationRequest.Registration.Port field is required; AddRegistrationRequest.Registration.HealthCheck.Interval field is required; AddRegistrationRequest.Registration.HealthCheck.Path field is required; AddRegistrationRequest.Registration.HealthCheck.Type field is required",
  ],
  [
    "a list for a command's settings",
    { body: Type.Record(Type.String(), Type.Unknown()) },
    [],
    "failed to parse request body",
  ],
];

for (const [what, operation, body, message] of cases) {
  test(`body check: ${what}`, () => {
    // JSON cannot carry undefined: what the test leaves out is absent.
    assert.equal(messageOf(operation, JSON.parse(JSON.stringify(body))), message);
  });
}

test("JX's own requests: plain words, and an empty text is a text", () => {
  const body = Type.Object({
    text: Type.String({ maxLength: 5 }),
    mode: Type.Optional(Type.Union([Type.Literal("a"), Type.Literal("b")])),
  });
  assert.equal(messageOf({ body }, { text: "", mode: "b" }), "");
  assert.equal(messageOf({ body }, {}), "text is missing");
  assert.equal(messageOf({ body }, { text: 5 }), "text must be text");
  assert.equal(messageOf({ body }, { text: "123456" }), "text must have at most 5 characters");
  assert.equal(messageOf({ body }, { text: "", mode: "c" }), "mode must be one of the shapes that the schema lists");
});

test("a hostile body names a bounded number of problems", () => {
  const bad = profile({ deviceResources: Array.from({ length: 5_000 }, () => ({ name: "R" })) });
  assert.equal(messageOf(addProfiles, bad).split("; ").length, 20);
});

test("keys are taken in any case and null means absent, as Go decodes", () => {
  const schema = request({
    device: Type.Object({ name: Type.Optional(Type.String()), tags: Type.Record(Type.String(), Type.Unknown()) }),
  });
  const folded = foldKeys(schema, {
    APIVERSION: "v3",
    Device: { NAME: null, Tags: { Keep: null, keep: 1 }, extra: null },
  });
  assert.deepEqual(JSON.parse(JSON.stringify(folded)), {
    apiVersion: "v3",
    device: { tags: { Keep: null, keep: 1 }, extra: null },
  });
});

test("null in a list or a map of structs is Go's zero value", () => {
  const folded = foldKeys(addDevices.body, add({ labels: ["a", null], protocols: { p: null } }));
  assert.deepEqual(JSON.parse(JSON.stringify(folded)), add({ labels: ["a", ""], protocols: { p: {} } }));
});

test("a key named __proto__ is a key like any other", () => {
  const folded = foldKeys(
    Type.Object({ a: Type.Optional(Type.String()) }),
    JSON.parse('{"__proto__":{"a":"x"}}'),
  ) as object;
  assert.deepEqual(Object.keys(folded), ["__proto__"]);
  assert.equal((folded as { a?: string }).a, undefined);
});
