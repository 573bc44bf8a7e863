import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceProfile, ReadingValue } from "@jx/contracts";
import { STATUS_OF } from "@jx/contracts";
import { AppError, isAppError } from "@jx/kit";
import type { RunningDeviceService } from "./service.ts";
import { defineDeviceService } from "./service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver } from "./test-parts.ts";

const profile: DeviceProfile = {
  name: "profile",
  deviceResources: [
    { name: "temp", properties: { valueType: "Int16", readWrite: "R", units: "℃", scale: 0.5 } },
    { name: "set", properties: { valueType: "Int16", readWrite: "RW", minimum: -10, maximum: 90, scale: 10 } },
    { name: "mode", properties: { valueType: "Uint8", readWrite: "RW", defaultValue: "1" } },
    { name: "reset", properties: { valueType: "Bool", readWrite: "W" } },
    { name: "limit", properties: { valueType: "Float32", readWrite: "RW", assertion: "12.3" } },
    { name: "bytes", properties: { valueType: "Binary", readWrite: "RW", mediaType: "image/png" } },
    { name: "bad", properties: { valueType: "Int16", readWrite: "R" }, attributes: { address: "x" } },
    { name: "温度(1)", properties: { valueType: "Float64", readWrite: "R" }, tags: { place: "roof" } },
  ],
  deviceCommands: [
    {
      name: "state",
      readWrite: "RW",
      tags: { group: "a" },
      resourceOperations: [
        { deviceResource: "mode", mappings: { "1": "AUTO", "2": "HAND" } },
        { deviceResource: "set", defaultValue: "20" },
      ],
    },
    { name: "pulse", readWrite: "W", resourceOperations: [{ deviceResource: "reset" }] },
    { name: "look", readWrite: "R", resourceOperations: [{ deviceResource: "temp" }] },
    { name: "broken", readWrite: "RW", resourceOperations: [{ deviceResource: "gone" }] },
  ],
};

async function withService(
  work: (service: RunningDeviceService, driver: ScriptedDriver, parts: Bench) => Promise<void>,
): Promise<void> {
  const parts = bench();
  const driver = new ScriptedDriver();
  parts.metadata.profiles.set("profile", profile);
  const add = (name: string, change = {}): unknown => parts.metadata.devices.set(name, device(name, change));
  add("pump", { tags: { plant: "north", group: "b" } });
  add("locked", { adminState: "LOCKED" });
  add("down", { operatingState: "DOWN" });
  add("unknown", { operatingState: "UNKNOWN" });
  add("bare", { profileName: undefined });
  add("wrong", { protocols: { scripted: { Line: "l", Unit: "400" } } });
  const values: [string, ReadingValue | AppError][] = [
    ["temp", 84],
    ["set", 5],
    ["mode", 2],
    ["limit", Math.fround(12.3)],
    ["bytes", new Uint8Array([1])],
    ["温度(1)", 21.5],
  ];
  for (const [name, value] of values) driver.values.set(name, value);
  const service = await defineDeviceService({
    key: KEY,
    port: 0,
    description: "test",
    drivers: [driver.driver],
  }).start(parts.context);
  try {
    await work(service, driver, parts);
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

const call = { correlationId: "c" };
const query = { "ds-pushevent": "false", "ds-returnevent": "true", "ds-regexcmd": "true" };

// Statuses and texts: shared/reference/edgex-device-sdk.md §2 "Command outcomes", seen on device-virtual 4.0.2.
const refusedReads: [device: string, command: string, status: number, text: string | RegExp, regex?: string][] = [
  ["nobody", "temp", 404, "device nobody not found"],
  ["locked", "temp", 423, "device locked locked"],
  ["down", "temp", 423, "device down OperatingState is DOWN"],
  ["bare", "temp", 423, "no associated device profile"],
  ["pump", "none", 404, "Regex DeviceResource none not found"],
  ["pump", "none", 404, "DeviceResource none not found", "false"],
  ["pump", "t.*", 404, "DeviceResource t.* not found", "false"],
  ["pump", "reset", 405, "no readable resources matched with reset"],
  ["pump", "res.*", 405, "no readable resources matched with res.*"],
  ["pump", "reset", 405, "DeviceResource reset is marked as write-only", "false"],
  ["pump", "pulse", 405, "DeviceCommand pulse is marked as write-only"],
  ["pump", "t(", 400, /^failed to CompilePOSIX resource name -> error parsing regexp: `t\(`/],
  ["pump", "broken", 500, "DeviceResource gone in GET command broken for pump not defined"],
  [
    "pump",
    "bad",
    500,
    'error reading Regex DeviceResource(s) bad for pump -> resource bad: attributes.address is "x"; expected integer: Where it lies',
  ],
  [
    "wrong",
    "temp",
    500,
    'error reading Regex DeviceResource(s) temp for wrong -> device wrong: protocols.scripted.Unit is "400"; expected integer from 0 to 255',
  ],
];

test("reads that EdgeX refuses are refused with its status and text", async () => {
  await withService(async ({ handlers }) => {
    for (const [name, command, status, text, regex = "true"] of refusedReads) {
      await refuses(handlers.get({ name, command, ...query, "ds-regexcmd": regex }, call), status, text);
    }
  });
});

const refusedWrites: [device: string, command: string, body: object, status: number, text: string | RegExp][] = [
  ["nobody", "set", { set: 1 }, 404, "device nobody not found"],
  ["locked", "set", { set: 1 }, 423, "device locked locked"],
  ["pump", "none", {}, 404, "DeviceResource none not found"],
  ["pump", "s.*", { set: 1 }, 404, "DeviceResource s.* not found"],
  ["pump", "temp", { temp: 1 }, 405, "DeviceResource temp is marked as read-only"],
  ["pump", "look", { temp: 1 }, 405, "DeviceCommand look is marked as read-only"],
  ["pump", "set", {}, 500, "DeviceResource set not found in request body and no default value defined"],
  ["pump", "set", { SET: 1 }, 500, "DeviceResource set not found in request body and no default value defined"],
  [
    "pump",
    "set",
    { set: "warm" },
    400,
    'failed to create CommandValue -> failed to convert set parameter warm to ValueType Int16 -> strconv.ParseInt: parsing "warm": invalid syntax',
  ],
  [
    "pump",
    "set",
    { set: 90.5 },
    400,
    'failed to create CommandValue -> failed to convert set parameter 90.5 to ValueType Int16 -> strconv.ParseInt: parsing "90.5": invalid syntax',
  ],
  [
    "pump",
    "set",
    { set: 100 },
    400,
    "failed to transform set parameter -> set command parameter out of maximum value 90",
  ],
  [
    "pump",
    "set",
    { set: -20 },
    400,
    "failed to transform set parameter -> set command parameter out of minimum value -10",
  ],
  ["pump", "set", { set: 15 }, 400, /^failed to transform set parameter -> overflow: 15 becomes 1.5/],
  ["pump", "set", { set: null }, 400, /^failed to create CommandValue -> failed to convert set parameter <nil>/],
  ["pump", "bytes", { bytes: "AQ==" }, 400, /^failed to create CommandValue -> Binary/],
  ["pump", "broken", {}, 500, "DeviceResource gone in SET command broken for pump not defined"],
];

test("writes that EdgeX refuses are refused with its status and text, and nothing reaches the device", async () => {
  await withService(async ({ handlers }, driver) => {
    for (const [name, command, body, status, text] of refusedWrites) {
      await refuses(handlers.set({ name, command, body: { ...body } }, call), status, text);
    }
    assert.deepEqual(driver.exchanges, []);
  });
});

test("a read gives one event: transform, units, tags, strictly increasing origins", async () => {
  await withService(async ({ handlers }, _, { events }) => {
    const first = await handlers.get({ name: "pump", command: "temp", ...query }, call);
    const second = await handlers.get({ name: "pump", command: "temp", ...query }, call);
    assert.ok(first !== null && second !== null);
    const { event } = first;
    assert.deepEqual(
      [event.deviceName, event.profileName, event.sourceName, event.tags],
      ["pump", "profile", "temp", { plant: "north", group: "b" }],
    );
    const [reading] = event.readings;
    assert.deepEqual([reading?.value, reading?.valueType, reading?.units], [42, "Int16", "℃"]);
    assert.ok(second.event.origin > event.origin);
    assert.notEqual(second.event.id, event.id);
    assert.equal(events.length, 0, "ds-pushevent is false by default");
    assert.throws(() => {
      (event.readings as unknown[]).push(1);
    }, TypeError);
  });
});

test("ReadingUnits and DataTransform can be switched off", async () => {
  await withService(async ({ handlers }, _, { configure }) => {
    configure(({ Writable, Device }) => {
      Writable.Reading.ReadingUnits = false;
      Device.DataTransform = false;
    });
    const raw = await handlers.get({ name: "pump", command: "temp", ...query }, call);
    assert.deepEqual([raw?.event.readings[0]?.value, raw?.event.readings[0]?.units], [84, ""]);
    await handlers.set({ name: "pump", command: "set", body: { set: 1000 } }, call);
  });
});

test("an exact name wins over the pattern it may be read as; a pattern names the event", async () => {
  await withService(async ({ handlers }) => {
    const exact = await handlers.get({ name: "pump", command: "温度(1)", ...query }, call);
    assert.deepEqual(
      exact?.event.readings.map(({ value, tags }) => [value, tags]),
      [[21.5, { place: "roof" }]],
    );
    const many = await handlers.get({ name: "pump", command: "(temp|re?set|mode)", ...query }, call);
    assert.equal(many?.event.sourceName, "(temp|re?set|mode)");
    assert.deepEqual(
      many?.event.readings.map(({ resourceName }) => resourceName),
      ["temp", "mode"],
      "the write-only match is skipped",
    );
    const part = await handlers.get({ name: "pump", command: "set", ...query }, call);
    assert.equal(part?.event.readings.length, 1, "the whole name has to match");
  });
});

test("ds-pushevent and ds-returnevent", async () => {
  await withService(async ({ handlers }, _, { events, bus }) => {
    const input = { name: "pump", command: "temp", ...query };
    assert.equal(await handlers.get({ ...input, "ds-returnevent": "false" }, call), null);
    assert.notEqual(await handlers.get({ ...input, "ds-returnevent": "" }, call), null);
    await handlers.get({ ...input, "ds-pushevent": "yes" }, call);
    await handlers.get({ ...input, "ds-pushevent": "true" }, call);
    await settle(bus);
    assert.equal(events.length, 1);
  });
});

test("a command writes all its resources with defaults and mappings, and its event shows engineering values", async () => {
  await withService(async ({ handlers }, driver, { events, bus }) => {
    assert.deepEqual(await handlers.set({ name: "pump", command: "state", body: { mode: "HAND" } }, call), {});
    assert.deepEqual(driver.exchanges, ["write mode,set"]);
    assert.deepEqual([driver.values.get("mode"), driver.values.get("set")], [2, 2]);
    await settle(bus);
    assert.deepEqual(
      events[0]?.readings.map(({ value, valueType }) => [value, valueType]),
      [
        ["HAND", "String"],
        [20, "Int16"],
      ],
    );
    assert.deepEqual(events[0]?.tags, { group: "b", plant: "north" });
    await handlers.set({ name: "pump", command: "reset", body: { reset: "t" } }, call);
    await settle(bus);
    assert.equal(events.length, 1, "what cannot be read is not published");
  });
});

test("a write uses the resource's default when the body is empty", async () => {
  await withService(async ({ handlers }, driver) => {
    await handlers.set({ name: "pump", command: "mode", body: {} }, call);
    assert.equal(driver.values.get("mode"), 1);
  });
});

test("driver errors are 500 with the driver's text", async () => {
  await withService(async ({ handlers }, driver) => {
    driver.values.set("temp", new AppError("Communication", "exception 2: illegal data address"));
    const input = { name: "pump", ...query };
    await refuses(
      handlers.get({ ...input, command: "look" }, call),
      500,
      "error reading DeviceCommand look for pump -> exception 2: illegal data address",
    );
    driver.hang = true;
    await refuses(
      handlers.set({ name: "pump", command: "set", body: { set: 10 } }, call),
      500,
      "error writing DeviceResource set for pump -> scripted line-1 gave no answer within 50 ms",
    );
  });
});

test("an assertion that fails is 500, and the device goes DOWN in metadata", async () => {
  await withService(async ({ handlers }, driver, { metadata }) => {
    const input = { name: "pump", command: "limit", ...query };
    assert.notEqual(await handlers.get(input, call), null);
    driver.values.set("limit", Math.fround(12.4));
    await refuses(handlers.get(input, call), 500, "Assertion failed for DeviceResource limit, with value 12.4");
    assert.deepEqual(metadata.patches, [{ device: { name: "pump", operatingState: "DOWN" } }]);
  });
});

test("a locked service and disabled writes answer 423", async () => {
  await withService(async ({ handlers }, driver, { metadata, systemEvent, bus, configure }) => {
    configure(({ Writable }) => {
      Writable.WritesEnabled = false;
    });
    await refuses(handlers.set({ name: "pump", command: "set", body: { set: 10 } }, call), 423, /WritesEnabled=false/);
    assert.deepEqual(driver.exchanges, []);
    configure(({ Writable }) => {
      Writable.WritesEnabled = true;
    });
    const service = metadata.services.get(KEY);
    assert.ok(service);
    metadata.services.set(KEY, { ...service, adminState: "LOCKED" });
    systemEvent("deviceservice", "update", { name: KEY });
    await settle(bus);
    await refuses(handlers.set({ name: "pump", command: "set", body: { set: 10 } }, call), 423, "service locked");
    await refuses(handlers.get({ name: "nobody", command: "x", ...query }, call), 423, "service locked");
  });
});

test("what the query says besides ds-* reaches the driver, once; a broken escape is 400", async () => {
  await withService(async ({ handlers }, driver) => {
    const input = { name: "pump", command: "temp", ...query };
    await handlers.get(input, { ...call, rawQuery: "x=1&ds-pushevent=no&a=%E6%B0%B4" });
    await handlers.get(input, call);
    await handlers.set({ name: "pump", command: "mode", body: {} }, { ...call, rawQuery: "x=2" });
    assert.deepEqual(driver.queries, ["a=%E6%B0%B4&x=1", "", "x=2"]);
    const text = 'failed to parse query parameter -> invalid URL escape "%zz"';
    // Before any state is looked at (device-sdk-go internal/controller/http/command.go).
    await refuses(handlers.get({ ...input, name: "locked" }, { ...call, rawQuery: "a=%zz" }), 400, text);
    await refuses(
      handlers.set({ name: "locked", command: "set", body: {} }, { ...call, rawQuery: "a=%zz" }),
      400,
      text,
    );
  });
});

test("an event larger than MaxEventSize is dropped and counted", async () => {
  await withService(async ({ handlers }, driver, { configure, events, bus, context }) => {
    configure((config) => {
      config.MaxEventSize = 1;
    });
    driver.values.set("bytes", new Uint8Array(2_000));
    const push = { ...query, "ds-pushevent": "true", "ds-returnevent": "false" };
    await handlers.get({ name: "pump", command: "bytes", ...push }, call);
    await handlers.get({ name: "pump", command: "temp", ...push }, call);
    await settle(bus);
    assert.deepEqual(
      events.map(({ sourceName }) => sourceName),
      ["temp"],
    );
    assert.match(context.metrics.text(), /^jx_device_oversize_events_total\{service="device-test"\} 1$/m);
    assert.match(context.metrics.text(), /^jx_device_readings_total\{service="device-test"\} 1$/m);
  });
});

test("operatingState UNKNOWN does not stop commands", async () => {
  await withService(async ({ handlers }) => {
    assert.notEqual(await handlers.get({ name: "unknown", command: "temp", ...query }, call), null);
  });
});

test("MaxCmdOps bounds a command and a pattern", async () => {
  await withService(async ({ handlers }, _, { configure }) => {
    configure(({ Device }) => {
      Device.MaxCmdOps = 1;
    });
    const text = "GET command state exceed device pump MaxCmdOps (1)";
    await refuses(handlers.get({ name: "pump", command: "state", ...query }, call), 500, text);
    await refuses(handlers.get({ name: "pump", command: ".*", ...query }, call), 500, /MaxCmdOps/);
    configure(({ Device }) => {
      Device.MaxCmdOps = 0;
    });
    await refuses(handlers.get({ name: "pump", command: "look", ...query }, call), 500, /MaxCmdOps \(0\)/);
    assert.notEqual(
      await handlers.get({ name: "pump", command: "temp", ...query }, call),
      null,
      "one resource is no command",
    );
  });
});

async function refuses(work: Promise<unknown> | unknown, status: number, text: string | RegExp): Promise<void> {
  await assert.rejects(
    async () => work,
    (error) => {
      assert.ok(isAppError(error), String(error));
      if (typeof text === "string") assert.equal(error.message, text);
      else assert.match(error.message, text);
      assert.equal(STATUS_OF[error.kind], status, error.message);
      return true;
    },
  );
}

/** Lets the bus deliver what was published. */
async function settle(_bus: unknown): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
