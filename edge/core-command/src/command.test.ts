/** Cases and messages: edgex-behaviour.md §3.1–3.2, seen on EdgeX's Go services. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CallContext,
  type Client,
  commandOperations,
  type Device,
  type DeviceOperations,
  type DeviceProfile,
  deviceOperations,
  type Event,
  type Handlers,
  inProcessClient,
  kindOfStatus,
  type MetadataOperations,
  metadataOperations,
} from "@jx/contracts";
import { AppError, isAppError } from "@jx/kit";
import { type CommandDeps, commandHandlers } from "./handlers.ts";

const PROFILE: DeviceProfile = {
  name: "mp-prof",
  deviceResources: [
    { name: "R1", properties: { valueType: "Int16", readWrite: "RW" } },
    { name: "R2", properties: { valueType: "Bool", readWrite: "R" } },
    { name: "hidden", isHidden: true, properties: { valueType: "Bool", readWrite: "R" } },
    { name: "shadowed", properties: { valueType: "Bool", readWrite: "W" } },
  ],
  deviceCommands: [
    { name: "both", readWrite: "R", resourceOperations: [{ deviceResource: "R2" }, { deviceResource: "R1" }] },
    { name: "shadowed", isHidden: true, readWrite: "R", resourceOperations: [{ deviceResource: "R1" }] },
    { name: "R2", readWrite: "R", resourceOperations: [{ deviceResource: "R2" }] },
  ],
};
const device = (name: string, fields: Partial<Device> = {}): Device => ({
  name,
  serviceName: "svc",
  profileName: "mp-prof",
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: {},
  ...fields,
});
const DEVICES = [
  device("mp-d1"),
  device("bare", { profileName: "" }),
  device("a/b é"),
  device("orphan", { serviceName: "gone" }),
];

/** Metadata with four devices; only what core command asks for. */
const metadata = {
  allDevices({ offset, limit }) {
    if (offset > DEVICES.length) {
      throw new AppError("RangeNotSatisfiable", `query objects bounds out of range. length:4 offset:${offset}`);
    }
    return { totalCount: DEVICES.length, devices: DEVICES.slice(offset, offset + limit) };
  },
  deviceByName({ name }) {
    const found = DEVICES.find((each) => each.name === name);
    if (found === undefined) throw new AppError("NotFound", `no device with name '${name}' found`);
    return { device: found };
  },
  profileByName: () => ({ profile: PROFILE }),
  serviceByName({ name }) {
    if (name !== "svc") throw new AppError("NotFound", `no device service with name '${name}' found`);
    return { service: { name, baseAddress: "http://localhost:59900", adminState: "UNLOCKED" } };
  },
} as Partial<Handlers<MetadataOperations>> as Handlers<MetadataOperations>;

const EVENT = { id: "e", deviceName: "mp-d1", readings: [] } as unknown as Event;

function harness(handlers: Partial<Handlers<DeviceOperations>> = {}, at?: CommandDeps["clients"]["at"]) {
  const calls: { input: object; context: CallContext }[] = [];
  const service: Handlers<DeviceOperations> = {
    get: () => ({ event: EVENT }),
    set: () => ({}),
    ...handlers,
  };
  const recording: Handlers<DeviceOperations> = {
    get(input, context) {
      calls.push({ input, context });
      return service.get(input, context);
    },
    set(input, context) {
      calls.push({ input, context });
      return service.set(input, context);
    },
  };
  const newId = (): string => "id";
  const deps: CommandDeps = {
    metadata: inProcessClient(metadataOperations, () => metadata, newId),
    clients: {
      at: at ?? ((() => inProcessClient(deviceOperations, () => recording, newId)) as CommandDeps["clients"]["at"]),
    },
    baseAddress: "http://localhost:59882",
  };
  const core = commandHandlers(deps);
  return { calls, client: inProcessClient(commandOperations, () => core, newId) };
}

async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "accepted";
  } catch (error) {
    assert.ok(isAppError(error));
    assert.equal(error.details, undefined, "nothing beside the message goes out");
    return `${error.kind} ${error.message}`;
  }
}

test("listing: visible commands, then visible resources with a free name, in the profile's order", async () => {
  const { deviceCoreCommand } = await harness().client.commandsByDevice({ name: "mp-d1" });
  const path = "/api/v3/device/name/mp-d1";
  const url = "http://localhost:59882";
  const r1 = { resourceName: "R1", valueType: "Int16" };
  const r2 = { resourceName: "R2", valueType: "Bool" };
  assert.deepEqual(deviceCoreCommand, {
    deviceName: "mp-d1",
    profileName: "mp-prof",
    coreCommands: [
      { name: "both", get: true, path: `${path}/both`, url, parameters: [r2, r1] },
      { name: "R2", get: true, path: `${path}/R2`, url, parameters: [r2] },
      { name: "R1", get: true, set: true, path: `${path}/R1`, url, parameters: [r1] },
      {
        name: "shadowed",
        set: true,
        path: `${path}/shadowed`,
        url,
        parameters: [{ resourceName: "shadowed", valueType: "Bool" }],
      },
    ],
  });
});

test("listing: the path has the raw name", async () => {
  const { deviceCoreCommand } = await harness().client.commandsByDevice({ name: "a/b é" });
  assert.equal(deviceCoreCommand.coreCommands[0]?.path, "/api/v3/device/name/a/b é/both");
});

test("listing of all: devices without a profile are counted and skipped; nothing is null", async () => {
  const { client } = harness();
  const all = await client.allCommands({});
  assert.deepEqual(
    [all.totalCount, all.deviceCoreCommands?.map(({ deviceName }) => deviceName)],
    [4, ["mp-d1", "a/b é", "orphan"]],
  );
  assert.deepEqual(await client.allCommands({ limit: 0 }), { totalCount: 4, deviceCoreCommands: null });
  assert.deepEqual(await client.allCommands({ offset: 1, limit: 1 }), { totalCount: 4, deviceCoreCommands: null });
});

test("listing: errors of metadata are passed on with their status", async () => {
  const { client } = harness();
  assert.equal(
    await refusal(client.commandsByDevice({ name: "X" })),
    "NotFound request failed, status code: 404, err: no device with name 'X' found",
  );
  assert.equal(
    await refusal(client.commandsByDevice({ name: "bare" })),
    "NotFound request failed, status code: 404, err: Not Found",
  );
  assert.equal(
    await refusal(client.allCommands({ offset: 9 })),
    "RangeNotSatisfiable request failed, status code: 416, err: query objects bounds out of range. length:4 offset:9",
  );
});

test("get: parameters, foreign query keys and the correlation id reach the device service", async () => {
  const { client, calls } = harness();
  const context = { correlationId: "c-1", rawQuery: "ds-pushevent=true&unit=K" };
  const answer = await client.get({ name: "mp-d1", command: "R1", "ds-pushevent": "true" }, context);
  assert.equal(answer?.event, EVENT);
  assert.deepEqual(calls[0]?.input, {
    name: "mp-d1",
    command: "R1",
    "ds-pushevent": "true",
    "ds-returnevent": "true",
    "ds-regexcmd": "true",
  });
  assert.deepEqual([calls[0]?.context.correlationId, calls[0]?.context.rawQuery], ["c-1", context.rawQuery]);
});

test("get without an event: the empty answer comes through", async () => {
  const { client } = harness({ get: () => null });
  assert.equal(await client.get({ name: "mp-d1", command: "R1", "ds-returnevent": "false" }), null);
});

test("get: ds-returnevent and ds-pushevent are true or false, ds-regexcmd is not looked at", async () => {
  const { client } = harness();
  for (const key of ["ds-returnevent", "ds-pushevent"]) {
    assert.equal(
      await refusal(client.get({ name: "X", command: "R1", [key]: "zz" })),
      "ContractInvalid invalid query parameter, zz has to be true or false",
    );
  }
  assert.equal(await refusal(client.get({ name: "mp-d1", command: "R1", "ds-regexcmd": "zz" })), "accepted");
});

test("set: the values reach the device service; a body that is no object is refused", async () => {
  const { client, calls } = harness();
  await client.set({ name: "mp-d1", command: "R1", body: { R1: 5, S: "x" } });
  assert.deepEqual(calls[0]?.input, { name: "mp-d1", command: "R1", body: { R1: 5, S: "x" } });
  const body = [] as unknown as Record<string, unknown>;
  assert.equal(
    await refusal(client.set({ name: "mp-d1", command: "R1", body })),
    "ContractInvalid failed to parse request body",
  );
});

const failures: readonly [status: number, message: string][] = [
  [404, "Regex DeviceResource zzz not found"],
  [423, "device X locked"],
  [423, "device X OperatingState is DOWN"],
  [405, "no readable resources matched with X"],
  [400, "failed to create CommandValue -> failed to convert set parameter 500 to ValueType Int8"],
  [500, "error reading DeviceResource R1 for mp-d1"],
  [503, "the driver is starting"],
];
for (const [status, message] of failures) {
  test(`a device service's ${status} "${message}" keeps its status; get tells the whole JSON, set the message`, async () => {
    const fail = (): never => {
      throw new AppError(kindOfStatus(status), message);
    };
    const { client } = harness({ get: fail, set: fail });
    const kind = kindOfStatus(status);
    const json = `{"apiVersion":"v3","message":"${message.replaceAll(">", "\\u003e")}","statusCode":${status}}`;
    assert.equal(
      await refusal(client.get({ name: "mp-d1", command: "R1" })),
      `${kind} request failed, status code: ${status}, err: ${json}`,
    );
    assert.equal(
      await refusal(client.set({ name: "mp-d1", command: "R1", body: {} })),
      `${kind} request failed, status code: ${status}, err: ${message}`,
    );
  });
}

test("over HTTP the JSON is what the device service sent, to the letter", async () => {
  const body = '{"message":"no","apiVersion":"v3","statusCode":404}';
  const { client } = harness({
    get: () => {
      throw new AppError("NotFound", "no", { details: { status: 404, body } });
    },
  });
  assert.equal(
    await refusal(client.get({ name: "mp-d1", command: "R1" })),
    `NotFound request failed, status code: 404, err: ${body}`,
  );
});

test("a device service that is not there: 503, and nothing is sent for an unknown service", async () => {
  const down = (): Client<DeviceOperations> => ({
    get: () =>
      Promise.reject(new AppError("ServiceUnavailable", "failed to send a http request", { details: { url: "x" } })),
    set: () => Promise.reject(new AppError("Timeout", "no answer from x within 5000 ms")),
  });
  const { client } = harness({}, down as unknown as CommandDeps["clients"]["at"]);
  const unavailable = "ServiceUnavailable failed to send a http request";
  assert.equal(await refusal(client.get({ name: "mp-d1", command: "R1" })), unavailable);
  assert.equal(await refusal(client.set({ name: "mp-d1", command: "R1", body: {} })), unavailable);
  assert.equal(
    await refusal(client.get({ name: "orphan", command: "R1" })),
    "NotFound request failed, status code: 404, err: no device service with name 'gone' found",
  );
});
