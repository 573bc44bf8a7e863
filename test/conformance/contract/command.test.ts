/** Cases: edgex-behaviour.md §3, seen on EdgeX's Go command service before device-virtual. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  type Client,
  commandOperations,
  type Device,
  type DeviceProfile,
  deviceOperations,
  keeperOperations,
  type MetadataOperations,
  metadataOperations,
} from "@jx/contracts";
import { httpClient } from "@jx/runtime";
import { startHosted } from "../../support/hosted.ts";
import { until } from "../../support/wait.ts";
import { type Contract, contract, refusal, type Step } from "./suite.ts";

const NAME = "阀/1 b+# é%2F";
const PROFILE: DeviceProfile = {
  name: "prof",
  deviceResources: [
    {
      name: "R1",
      attributes: { waveform: "constant", value: 7 },
      properties: { valueType: "Int64", readWrite: "RW", maximum: 100 },
    },
    { name: "R/2 ü", properties: { valueType: "Bool", readWrite: "R" } },
    { name: "W1", properties: { valueType: "Bool", readWrite: "W" } },
    {
      name: "asserted",
      isHidden: true,
      attributes: { waveform: "constant", value: 1 },
      properties: { valueType: "Int8", readWrite: "R", assertion: "2" },
    },
    { name: "hidden", isHidden: true, properties: { valueType: "Bool", readWrite: "R" } },
  ],
  deviceCommands: [{ name: "both", readWrite: "RW", resourceOperations: [{ deviceResource: "R1" }] }],
};
const DEVICE: Device = {
  name: NAME,
  serviceName: "device-virtual",
  profileName: "prof",
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: { other: { Address: "1" } },
};
/** An address of nobody: nothing listens on port 9 of loopback. */
const GONE = { name: "gone", baseAddress: "http://127.0.0.1:9", adminState: "UNLOCKED" } as const;

async function seed({ other }: Pick<Contract<typeof commandOperations>, "other">): Promise<Client<MetadataOperations>> {
  const metadata = other("core-metadata", metadataOperations);
  await metadata.addProfiles({ body: [{ profile: PROFILE }] });
  await metadata.addServices({ body: [{ service: GONE }] });
  const device = async (fields: Partial<Device>): Promise<void> => {
    const [item] = await metadata.addDevices({
      body: [{ device: { ...DEVICE, ...fields } }],
      bypassValidation: "true",
    });
    assert.equal(item?.statusCode, 201, item?.message);
  };
  await device({});
  await device({ name: "locked", adminState: "LOCKED" });
  await device({ name: "down", operatingState: "DOWN" });
  await device({ name: "orphan", serviceName: "gone" });
  await device({ name: "odd" });
  return metadata;
}

/** The device service follows metadata over the bus. */
async function known(client: { get: Client<typeof deviceOperations>["get"] }): Promise<void> {
  await until("the device service knows its devices", async () => {
    const answers = await Promise.all(
      [NAME, "locked", "down", "odd"].map((name) => refusal(client.get({ name, command: "R1" }))),
    );
    return answers.every((answer) => !answer.includes("404"));
  });
}

const read = { name: NAME, command: "R1" };

const commandSteps: readonly Step<typeof commandOperations>[] = [
  [
    "the commands of every device and of one",
    async (c) => {
      await seed(c);
      await known(c.client);
      const all = await c.client.allCommands({});
      assert.deepEqual([all.totalCount, all.deviceCoreCommands?.length], [5, 5]);
      const { deviceCoreCommand } = await c.client.commandsByDevice({ name: NAME });
      assert.deepEqual(
        deviceCoreCommand.coreCommands.map(({ name, get, set, path }) => [name, get ?? false, set ?? false, path]),
        [
          ["both", true, true, `/api/v3/device/name/${NAME}/both`],
          ["R1", true, true, `/api/v3/device/name/${NAME}/R1`],
          ["R/2 ü", true, false, `/api/v3/device/name/${NAME}/R/2 ü`],
          ["W1", false, true, `/api/v3/device/name/${NAME}/W1`],
        ],
      );
      assert.deepEqual(await c.client.allCommands({ limit: 0 }), { totalCount: 5, deviceCoreCommands: null });
      assert.equal(
        await refusal(c.client.allCommands({ offset: 99 })),
        "416 request failed, status code: 416, err: query objects bounds out of range. length:5 offset:99",
      );
      assert.equal(
        await refusal(c.client.commandsByDevice({ name: "X" })),
        "404 request failed, status code: 404, err: no device with name 'X' found",
      );
      assert.match(await refusal(c.client.allCommands({ limit: 1025 })), /^400 /);
    },
  ],
  [
    "read, write, read back",
    async ({ client }) => {
      assert.equal((await client.get(read))?.event.readings[0]?.value, 7n);
      await client.set({ ...read, body: { R1: "42" } });
      await client.set({ ...read, command: "both", body: { R1: 43 } });
      const answer = await client.get({ ...read, command: "both" });
      assert.deepEqual([answer?.event.sourceName, answer?.event.readings[0]?.value], ["both", 43n]);
      assert.equal((await client.get({ ...read, command: "R/2 ü" }))?.event.readings.length, 1);
      const matched = await client.get({ ...read, command: "R.*" });
      assert.deepEqual([matched?.event.sourceName, matched?.event.readings.length], ["R.*", 2]);
      assert.equal(await client.get({ ...read, "ds-returnevent": "false" }), null);
    },
  ],
  ["refusals pass through with their status", refusals],
  [
    "a device service that is not there",
    async ({ client }) => {
      assert.equal(await refusal(client.get({ name: "orphan", command: "R1" })), "503 failed to send a http request");
      const body = { R1: "1" };
      assert.equal(
        await refusal(client.set({ name: "orphan", command: "R1", body })),
        "503 failed to send a http request",
      );
    },
  ],
  ["with writes disabled every write is refused", writesDisabled],
];

async function refusals({ client }: Contract<typeof commandOperations>): Promise<void> {
  const get = (fields: object) => refusal(client.get({ ...read, ...fields }));
  const set = (fields: object, body: Record<string, unknown>) => refusal(client.set({ ...read, ...fields, body }));
  const whole = (status: number, message: string) =>
    `${status} request failed, status code: ${status}, err: {"apiVersion":"v3","message":"${message}","statusCode":${status}}`;
  const short = (status: number, message: string) =>
    `${status} request failed, status code: ${status}, err: ${message}`;
  assert.equal(await get({ "ds-pushevent": "zz" }), "400 invalid query parameter, zz has to be true or false");
  assert.equal(await get({ name: "X" }), short(404, "no device with name 'X' found"));
  assert.equal(await get({ command: "zzz" }), whole(404, "Regex DeviceResource zzz not found"));
  assert.equal(await set({ command: "zzz" }, { zzz: 1 }), short(404, "DeviceResource zzz not found"));
  assert.equal(await get({ name: "locked" }), whole(423, "device locked locked"));
  assert.equal(await get({ name: "down" }), whole(423, "device down OperatingState is DOWN"));
  assert.equal(await set({ name: "locked" }, { R1: 1 }), short(423, "device locked locked"));
  assert.equal(await get({ command: "W1" }), whole(405, "no readable resources matched with W1"));
  assert.equal(
    await set({ command: "R/2 ü" }, { "R/2 ü": true }),
    short(405, "DeviceResource R/2 ü is marked as read-only"),
  );
  assert.match(
    await set({}, { R1: "x" }),
    /^400 request failed, status code: 400, err: failed to create CommandValue -> failed to convert set parameter x to ValueType Int64 -> /,
  );
  assert.match(await set({}, { R1: 101 }), /^400 .*out of maximum value 100/);
  assert.match(await get({ name: "odd", command: "asserted" }), /^500 .*[Aa]ssertion/);
  assert.match(await set({}, {}), /^500 .*R1 not found in request body and no default value defined/);
  assert.equal(await refusal(client.set({ ...read, body: [] as never })), "400 failed to parse request body");
}

/** DESIGN §8.2: the switch lies in keeper and is followed while the service runs. */
async function writesDisabled<T extends typeof commandOperations>({ client, other }: Contract<T>): Promise<void> {
  const keeper = other("core-keeper", keeperOperations);
  const key = "edgex/v4/device-virtual/Writable/WritesEnabled";
  const write = () => refusal((client as Client<typeof commandOperations>).set({ ...read, body: { R1: "5" } }));
  await keeper.putKey({ key, body: { value: "false" } });
  await until("the switch is off", async () => (await write()) !== "accepted");
  const reason = "writes are disabled: device-virtual has Writable.WritesEnabled=false; set it to true to allow them";
  assert.equal(await write(), `423 request failed, status code: 423, err: ${reason}`);
  await keeper.putKey({ key, body: { value: "true" } });
  await until("the switch is on", async () => (await write()) === "accepted");
}

const services = ["core-keeper", "core-metadata", "core-command", "device-virtual"] as const;

contract(
  {
    service: "core-command",
    table: commandOperations,
    services,
    unreached: {
      "allCommands 503": "tested below, without metadata",
      "commandsByDevice 503": "the same",
    },
  },
  commandSteps,
);

const deviceSteps: readonly Step<typeof deviceOperations>[] = [
  [
    "read and write",
    async (c) => {
      await seed(c as unknown as Contract<typeof commandOperations>);
      await known(c.client);
      await c.client.set({ ...read, body: { R1: "42" } });
      assert.equal((await c.client.get(read))?.event.readings[0]?.value, 42n);
      assert.equal(await c.client.get({ ...read, "ds-returnevent": "false" }), null);
    },
  ],
  [
    "what a device service refuses, in its own words",
    async ({ client }) => {
      const get = (fields: object) => refusal(client.get({ ...read, ...fields }));
      const set = (fields: object, body: Record<string, unknown>) => refusal(client.set({ ...read, ...fields, body }));
      assert.equal(await get({ name: "X" }), "404 device X not found");
      assert.equal(await set({ name: "X" }, {}), "404 device X not found");
      assert.equal(await client.get({ ...read, "ds-returnevent": "zz" }), null);
      assert.match(await get({ command: "(" }), /^400 failed to CompilePOSIX resource name -> /);
      assert.match(await get({ name: "odd", command: "asserted" }), /^500 .*[Aa]ssertion/);
      assert.equal(await get({ name: "locked" }), "423 device locked locked");
      assert.equal(await set({ name: "down" }, { R1: 1 }), "423 device down OperatingState is DOWN");
      assert.equal(await get({ command: "W1" }), "405 no readable resources matched with W1");
      assert.equal(await set({ command: "R/2 ü" }, {}), "405 DeviceResource R/2 ü is marked as read-only");
      assert.match(await set({}, { R1: "x" }), /^400 failed to create CommandValue/);
      assert.equal(await set({}, {}), "500 DeviceResource R1 not found in request body and no default value defined");
    },
  ],
];

contract(
  {
    service: "device-virtual",
    table: deviceOperations,
    services,
    unreached: {
      "get 503": "the service is up when its test begins",
      "set 503": "the same",
    },
  },
  deviceSteps,
);

for (const transport of ["in process", "HTTP"] as const) {
  test(`without core metadata the commands cannot be listed: 503 (${transport})`, async () => {
    await using hosted = await startHosted({ services: ["core-command"] });
    const baseUrl = hosted.url("core-command");
    const client =
      transport === "HTTP"
        ? httpClient(commandOperations, { baseUrl, timeoutMs: 10_000, newId: randomUUID })
        : hosted.host.clients.of("core-command", commandOperations);
    const text = "503 failed to send a http request";
    assert.equal(await refusal(client.allCommands({})), text);
    assert.equal(await refusal(client.commandsByDevice({ name: NAME })), text);
    assert.equal(await refusal(client.get(read)), text);
  });
}
