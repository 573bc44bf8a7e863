import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { parseDeviceFile, parseProfileFile } from "./files.ts";

function failureOf(run: () => unknown): string {
  try {
    run();
    return "accepted";
  } catch (error) {
    assert.ok(isAppError(error, "ContractInvalid"), String(error));
    return error.message;
  }
}
const profile = (text: string) => parseProfileFile(text, { file: "p.yaml" });
const devices = (text: string) => parseDeviceFile(text, { file: "d.yaml", serviceName: "device-modbus" });

// Shapes as in device-modbus-go v4 cmd/res: flow maps, mappings with quoted numbers, a bit address, folded text.
const PROFILE = `apiVersion: "v3"
name: "Pump"
manufacturer: "JX"
labels:
  - "pump"
deviceResources:
- name: "Switch"
  isHidden: true
  attributes:
    { primaryTable: "COILS", startingAddress: 0 }
  properties:
    valueType: "bool"
    readWrite: "RW"
    minimum: 0
    defaultValue: 0
-
  name: "Fault"
  attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: 10.10, note: null }
  properties: { valueType: "Uint64", readWrite: "R", scale: 0.1, defaultValue: 18446744073709551615 }
deviceCommands:
- name: "Both"
  readWrite: "R"
  resourceOperations:
    - { deviceResource: "Switch", mappings: { "true": "ON", 0: 12 } }
    - { deviceResource: "Fault" }
`;

test("a profile file as EdgeX's drivers have them", () => {
  const { deviceResources, deviceCommands, ...head } = profile(PROFILE);
  assert.deepEqual(head, { apiVersion: "v3", name: "Pump", manufacturer: "JX", labels: ["pump"] });
  assert.deepEqual(deviceResources, [
    {
      name: "Switch",
      isHidden: true,
      attributes: { primaryTable: "COILS", startingAddress: 0 },
      properties: { valueType: "Bool", readWrite: "RW", minimum: 0, defaultValue: "0" },
    },
    {
      name: "Fault",
      attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: 10.1, note: null },
      properties: { valueType: "Uint64", readWrite: "R", scale: 0.1, defaultValue: "18446744073709551615" },
    },
  ]);
  assert.deepEqual(deviceCommands?.[0]?.resourceOperations[0]?.mappings, { true: "ON", 0: "12" });
});

test("JSON and YAML say the same", () => {
  const value = profile(PROFILE);
  assert.deepEqual(profile(JSON.stringify(value)), value);
  assert.deepEqual(profile(`\uFEFF${JSON.stringify(value, null, "\t")}`), value);
});

const DEVICES = `# Pre-define Devices
deviceList:
  - name: 水泵一
    profileName: Pump
    adminState: LOCKED
    serviceName: other
    description: >-
      folded
      text
    protocols:
      modbus-tcp: { Address: 127.0.0.1, Port: 1502, UnitID: 1 }
    autoEvents:
      - interval: 20s
        onChange: false
        sourceName: Both
  - { name: P2, profileName: Pump, protocols: { modbus-tcp: { Address: 10.0.0.2 } } }
`;

test("a device file: the reader's service, unlocked and up, whatever the file says", () => {
  const [first, second] = devices(DEVICES);
  assert.deepEqual(first, {
    name: "水泵一",
    profileName: "Pump",
    serviceName: "device-modbus",
    adminState: "UNLOCKED",
    operatingState: "UP",
    description: "folded text",
    protocols: { "modbus-tcp": { Address: "127.0.0.1", Port: 1502, UnitID: 1 } },
    autoEvents: [{ interval: "20s", onChange: false, sourceName: "Both" }],
  });
  assert.equal(second?.name, "P2");
  assert.deepEqual(devices(JSON.stringify([first, second])), [first, second]);
  assert.deepEqual(devices("deviceList:\n"), []);
});

const profileFailures: readonly [what: string, text: string, message: string][] = [
  [
    "a word that is none",
    PROFILE.replace('"RW"', '"rw"'),
    `p.yaml:13:16: deviceResources[0].properties.readWrite must be one of 'R' 'W' 'RW' 'WR', not "rw"`,
  ],
  [
    "quoted number",
    PROFILE.replace("minimum: 0", 'minimum: "0"'),
    `p.yaml:14:14: deviceResources[0].properties.minimum must be a number, not "0"`,
  ],
  [
    "missing field, at its owner",
    PROFILE.replace('    readWrite: "RW"\n', ""),
    "p.yaml:12:5: deviceResources[0].properties.readWrite is missing",
  ],
  [
    "contradiction",
    PROFILE.replace('{ deviceResource: "Fault" }', '{ deviceResource: "Falt" }'),
    "p.yaml:25:25: device command's resource Falt doesn't match any device resource",
  ],
  ["twice the same key", "name: a\nname: b\n", "p.yaml:2:1: Map keys must be unique"],
  ["no YAML", "name: 'a\n", "p.yaml:2:1: Missing closing 'quote"],
  [
    "a device file",
    "deviceList: []\n",
    "p.yaml:1:13: this is a device file (deviceList); a profile file begins with the profile's name",
  ],
  ["nothing", "", "p.yaml:1:1: a profile file holds one profile: name, deviceResources, deviceCommands"],
  [
    "two documents",
    "name: a\n---\nname: b\n",
    "p.yaml:2:1: Source contains multiple documents; please use YAML.parseAllDocuments()",
  ],
];
for (const [what, text, message] of profileFailures) {
  test(`profile file: ${what}`, () =>
    assert.equal(
      failureOf(() => profile(text)),
      message,
    ));
}

const deviceFailures: readonly [what: string, text: string, message: string][] = [
  [
    "interval",
    DEVICES.replace("20s", "20"),
    `d.yaml:13:19: deviceList[0].autoEvents[0].interval must be a duration of at least 1ms, such as 500ms, 10s, not 20`,
  ],
  ["no protocols", "deviceList:\n  - name: a\n", "d.yaml:2:5: deviceList[0].protocols is missing"],
  ["same name twice", DEVICES.replace("P2", "水泵一"), "d.yaml:16:13: device 水泵一 stands here a second time"],
  [
    "a profile file",
    PROFILE,
    "d.yaml:1:1: a device file has deviceList at its root (YAML), or is a list of devices (JSON)",
  ],
  ["no list", "deviceList: 5\n", "d.yaml:1:13: deviceList must be a list"],
  ["no device", "- 5\n", "d.yaml:1:3: [0] must be an object, not 5"],
];
for (const [what, text, message] of deviceFailures) {
  test(`device file: ${what}`, () =>
    assert.equal(
      failureOf(() => devices(text)),
      message,
    ));
}

test("several problems are told in one go, and a flood is cut", () => {
  const bad = `name: P\ndeviceResources:\n${"  - { name: R, properties: { valueType: X, readWrite: R } }\n".repeat(30)}`;
  const lines = failureOf(() => profile(bad)).split("\n");
  assert.equal(lines.length, 21);
  assert.match(
    lines[0] ?? "",
    /^p\.yaml:3:41: deviceResources\[0\]\.properties\.valueType must be one of Bool, .*, not "X"$/,
  );
  assert.equal(lines[20], "… and 10 more");
});

test("hostile files are refused quickly: bombs of aliases, bottomless nesting, too large", () => {
  const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]\n`).join("")}`;
  assert.match(
    failureOf(() => profile(`name: x\n${bomb}`)),
    /^p\.yaml: Excessive alias count/,
  );
  for (const deep of ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)]) {
    assert.match(
      failureOf(() => profile(deep)),
      /^p\.yaml:\d+:\d+: the file nests too deeply$/,
    );
  }
  assert.equal(
    failureOf(() => profile("x".repeat(1_048_577))),
    "p.yaml: 1048577 characters are too many, 1048576 are read",
  );
});

test("a key named __proto__ stays a key", () => {
  const [device] = devices('deviceList: [{ name: a, protocols: { p: { "__proto__": { x: 1 } } } }]');
  assert.deepEqual(Object.keys(device?.protocols["p"] ?? {}), ["__proto__"]);
  assert.equal(({} as { x?: number }).x, undefined);
});
