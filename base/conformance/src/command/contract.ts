/** Cases: edgex-behaviour.md §3, seen on EdgeX's Go command service before device-virtual. */
import assert from "node:assert/strict";
import { commandOperations, keeperOperations } from "@jx/contracts";
import { badBodyStep } from "../common/bodies.ts";
import { pagingSteps } from "../common/steps.ts";
import { type Contract, DEVICE_VIRTUAL_ONLY, defineContract, type Step } from "../contract.ts";
import { bad } from "../raw.ts";
import { refusal } from "../refusal.ts";
import { until } from "../until.ts";
import { devicesOf } from "./fixture.ts";

type Command = typeof commandOperations;

/** Nothing is called so. */
const NOBODY = "jx-conform-nobody";
const FAR = 2_147_483_647;
const jxOnly = DEVICE_VIRTUAL_ONLY;

const steps: readonly Step<Command>[] = [
  ...pagingSteps<Command>("/device/all", 0),
  // internal/pkg/utils ParseBodyToMap: null is a map without values.
  badBodyStep<Command>({
    method: "PUT",
    path: (name) => `/device/name/${name("nobody")}/R1`,
    answers: {
      "": bad("failed to parse request body"),
      x: bad("failed to parse request body"),
      "[]": bad("failed to parse request body"),
      null: /^404 .*request failed, status code: 404, err: no device with name /,
    },
  }),
  {
    name: "what nobody is called is 404; queries that cannot be are 400",
    zh: "名称不存在时返回 404，查询有错时返回 400",
    access: "read",
    run: unknown,
  },
  { name: "the commands of every device, in pages", zh: "所有设备的命令，分页", access: "read", run: pages },
  { name: "what is listed is found by its device", zh: "列表中的每一项都能按设备查到", access: "read", run: found },
  {
    name: "the commands of every device and of one",
    zh: "所有设备的命令和一个设备的命令",
    access: "write",
    jxOnly,
    run: lists,
  },
  { name: "read, write, read back", zh: "读、写、再读回", access: "write", jxOnly, run: readWrite },
  {
    name: "refusals pass through with their status",
    zh: "设备服务的拒绝连同状态码原样转达",
    access: "write",
    jxOnly,
    run: refusals,
  },
  { name: "a device service that is not there", zh: "设备服务不在线", access: "write", jxOnly, run: nobodyHome },
  {
    name: "with writes disabled every write is refused",
    zh: "禁止写入后，一切写入被拒绝",
    access: "alone",
    jxOnly: { zh: "开关 Writable.WritesEnabled 是 JX 特有的", en: "the switch Writable.WritesEnabled is JX's own" },
    run: writesDisabled,
  },
];

async function unknown({ client }: Contract<Command>): Promise<void> {
  const text = `404 request failed, status code: 404, err: no device with name '${NOBODY}' found`;
  assert.equal(await refusal(client.commandsByDevice({ name: NOBODY })), text);
  assert.equal(await refusal(client.get({ name: NOBODY, command: "R1" })), text);
  assert.equal(
    await refusal(client.get({ name: NOBODY, command: "R1", "ds-pushevent": "zz" })),
    "400 invalid query parameter, zz has to be true or false",
  );
  assert.match(await refusal(client.allCommands({ limit: 1025 })), /^400 /);
}

async function pages({ client }: Contract<Command>): Promise<void> {
  const { totalCount } = await client.allCommands({});
  assert.deepEqual(await client.allCommands({ limit: 0 }), { totalCount, deviceCoreCommands: null });
  const expected =
    totalCount === 0
      ? "accepted"
      : `416 request failed, status code: 416, err: query objects bounds out of range. length:${totalCount} offset:${FAR}`;
  assert.equal(await refusal(client.allCommands({ offset: FAR })), expected);
}

async function found({ client }: Contract<Command>): Promise<void> {
  for (const { deviceName } of (await client.allCommands({ limit: 3 })).deviceCoreCommands ?? []) {
    const { deviceCoreCommand } = await client.commandsByDevice({ name: deviceName });
    assert.equal(deviceCoreCommand.deviceName, deviceName);
    for (const { name, path, parameters } of deviceCoreCommand.coreCommands) {
      assert.equal(path, `/api/v3/device/name/${deviceName}/${name}`);
      assert.ok(Array.isArray(parameters));
    }
  }
}

async function lists(c: Contract<Command>): Promise<void> {
  const { good, all } = await devicesOf(c, "command lists");
  const { deviceCoreCommands } = await c.client.allCommands({ limit: -1 });
  const own = (deviceCoreCommands ?? []).map(({ deviceName }) => deviceName).filter((each) => all.includes(each));
  assert.deepEqual(own.sort(), [...all].sort());
  const { deviceCoreCommand } = await c.client.commandsByDevice({ name: good });
  const path = (command: string) => `/api/v3/device/name/${good}/${command}`;
  assert.deepEqual(
    deviceCoreCommand.coreCommands
      .map((each) => [each.name, each.get ?? false, each.set ?? false, each.path] as const)
      // EdgeX gives them in another order each time.
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    [
      ["R/2 ü", true, false, path("R/2 ü")],
      ["R1", true, true, path("R1")],
      ["W1", false, true, path("W1")],
      ["both", true, true, path("both")],
    ],
  );
  assert.match(await refusal(c.client.allCommands({ offset: FAR })), /^416 request failed, status code: 416/);
}

async function readWrite(c: Contract<Command>): Promise<void> {
  const { client } = c;
  const { good: name } = await devicesOf(c, "command read and write");
  const read = { name, command: "R1" };
  await client.set({ ...read, body: { R1: "42" } });
  assert.equal((await client.get(read))?.event.readings[0]?.value, 42n);
  await client.set({ name, command: "both", body: { R1: 43 } });
  const answer = await client.get({ name, command: "both" });
  assert.deepEqual([answer?.event.sourceName, answer?.event.readings[0]?.value], ["both", 43n]);
  assert.equal((await client.get({ name, command: "R/2 ü" }))?.event.readings.length, 1);
  const matched = await client.get({ name, command: "R.*" });
  assert.deepEqual([matched?.event.sourceName, matched?.event.readings.length], ["R.*", 2]);
  assert.equal(await client.get({ ...read, "ds-returnevent": "false" }), null);
}

async function refusals(c: Contract<Command>): Promise<void> {
  const { client } = c;
  const { good: name, locked, down, odd } = await devicesOf(c, "command refusals");
  const read = { name, command: "R1" };
  const get = (fields: object) => refusal(client.get({ ...read, ...fields }));
  const set = (fields: object, body: Record<string, unknown>) => refusal(client.set({ ...read, ...fields, body }));
  const whole = (status: number, message: string) =>
    `${status} request failed, status code: ${status}, err: {"apiVersion":"v3","message":"${message}","statusCode":${status}}`;
  const short = (status: number, message: string) =>
    `${status} request failed, status code: ${status}, err: ${message}`;
  assert.equal(await get({ command: "zzz" }), whole(404, "Regex DeviceResource zzz not found"));
  assert.equal(await set({ command: "zzz" }, { zzz: 1 }), short(404, "DeviceResource zzz not found"));
  assert.equal(await get({ name: locked }), whole(423, `device ${locked} locked`));
  assert.equal(await get({ name: down }), whole(423, `device ${down} OperatingState is DOWN`));
  assert.equal(await set({ name: locked }, { R1: 1 }), short(423, `device ${locked} locked`));
  assert.equal(await get({ command: "W1" }), whole(405, "no readable resources matched with W1"));
  const readOnly = "DeviceResource R/2 ü is marked as read-only";
  assert.equal(await set({ command: "R/2 ü" }, { "R/2 ü": true }), short(405, readOnly));
  assert.match(
    await set({}, { R1: "x" }),
    /^400 request failed, status code: 400, err: failed to create CommandValue -> failed to convert set parameter x to ValueType Int64 -> /,
  );
  assert.match(await set({}, { R1: 101 }), /^400 .*out of maximum value 100/);
  assert.match(await get({ name: odd, command: "asserted" }), /^500 .*[Aa]ssertion/);
  assert.match(await set({}, {}), /^500 .*R1 not found in request body and no default value defined/);
  assert.equal(await refusal(client.set({ ...read, body: [] as never })), "400 failed to parse request body");
}

async function nobodyHome(c: Contract<Command>): Promise<void> {
  const { orphan: name } = await devicesOf(c, "command nobody home");
  const text = "503 failed to send a http request";
  assert.equal(await refusal(c.client.get({ name, command: "R1" })), text);
  assert.equal(await refusal(c.client.set({ name, command: "R1", body: { R1: "1" } })), text);
}

/** DESIGN §8.2: the switch lies in keeper and is followed while the service runs. */
async function writesDisabled(c: Contract<Command>): Promise<void> {
  const { good: name } = await devicesOf(c, "command switch");
  const keeper = c.other("core-keeper", keeperOperations);
  const key = "edgex/v4/device-virtual/Writable/WritesEnabled";
  const write = () => refusal(c.client.set({ name, command: "R1", body: { R1: "5" } }));
  await keeper.putKey({ key, body: { value: "false" } });
  try {
    await until("the switch is off", async () => (await write()) !== "accepted");
    const reason = "writes are disabled: device-virtual has Writable.WritesEnabled=false; set it to true to allow them";
    assert.equal(await write(), `423 request failed, status code: 423, err: ${reason}`);
  } finally {
    await keeper.putKey({ key, body: { value: "true" } });
  }
  await until("the switch is on", async () => (await write()) === "accepted");
}

export const commandContract = defineContract({
  service: "core-command",
  table: commandOperations,
  needs: ["core-keeper", "core-metadata", "core-command", "device-virtual"],
  steps,
  unreached: {
    "allCommands 503": "metadata is up when its test begins: test/conformance/contract/contracts.test.ts",
    "commandsByDevice 503": "the same",
  },
});
