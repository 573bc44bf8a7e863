/** Cases: edgex-device-sdk.md §2, seen on EdgeX's device-virtual. */
import assert from "node:assert/strict";
import { deviceOperations } from "@jx/contracts";
import { devicesOf } from "../command/fixture.ts";
import { badBodyStep, NOT_JSON } from "../common/bodies.ts";
import { type Contract, DEVICE_VIRTUAL_ONLY, defineContract, type Step } from "../contract.ts";
import { bad } from "../raw.ts";
import { refusal } from "../refusal.ts";
import { discoverySteps } from "./discovery.ts";

type DeviceSdk = typeof deviceOperations;

/** Nothing is called so. */
const NOBODY = "jx-conform-nobody";
const jxOnly = DEVICE_VIRTUAL_ONLY;

const steps: readonly Step<DeviceSdk>[] = [
  badBodyStep<DeviceSdk>({
    method: "PUT",
    path: (name) => `/device/name/${name("nobody")}/R1`,
    answers: {
      x: bad(`failed to parse request body -> ${NOT_JSON}`),
      null: /^404 .*"device jx-conform-.* not found"/,
      "": /^404 .*"device jx-conform-.* not found"/,
    },
  }),
  { name: "a device that is nobody's is 404", zh: "设备不存在时返回 404", access: "read", run: unknown },
  { name: "read and write", zh: "读和写", access: "write", jxOnly, run: readWrite },
  {
    name: "what a device service refuses, in its own words",
    zh: "设备服务拒绝的请求及其说明",
    access: "write",
    jxOnly,
    run: refusals,
  },
  ...discoverySteps,
];

async function unknown({ client }: Contract<DeviceSdk>): Promise<void> {
  assert.equal(await refusal(client.get({ name: NOBODY, command: "R1" })), `404 device ${NOBODY} not found`);
}

async function readWrite(c: Contract<DeviceSdk>): Promise<void> {
  const { good: name } = await devicesOf(c, "sdk read and write");
  const read = { name, command: "R1" };
  await c.client.set({ ...read, body: { R1: "42" } });
  assert.equal((await c.client.get(read))?.event.readings[0]?.value, 42n);
  assert.equal(await c.client.get({ ...read, "ds-returnevent": "false" }), null);
}

async function refusals(c: Contract<DeviceSdk>): Promise<void> {
  const { client } = c;
  const { good: name, locked, down, odd } = await devicesOf(c, "sdk refusals");
  const read = { name, command: "R1" };
  const get = (fields: object) => refusal(client.get({ ...read, ...fields }));
  const set = (fields: object, body: Record<string, unknown>) => refusal(client.set({ ...read, ...fields, body }));
  assert.equal(await set({ name: NOBODY }, {}), `404 device ${NOBODY} not found`);
  assert.equal(await client.get({ ...read, "ds-returnevent": "zz" }), null);
  assert.match(await get({ command: "(" }), /^400 failed to CompilePOSIX resource name -> /);
  assert.match(await get({ name: odd, command: "asserted" }), /^500 .*[Aa]ssertion/);
  assert.equal(await get({ name: locked }), `423 device ${locked} locked`);
  assert.equal(await set({ name: down }, { R1: 1 }), `423 device ${down} OperatingState is DOWN`);
  assert.equal(await get({ command: "W1" }), "405 no readable resources matched with W1");
  assert.equal(await set({ command: "R/2 ü" }, {}), "405 DeviceResource R/2 ü is marked as read-only");
  assert.match(await set({}, { R1: "x" }), /^400 failed to create CommandValue/);
  assert.equal(await set({}, {}), "500 DeviceResource R1 not found in request body and no default value defined");
}

export const deviceContract = defineContract({
  service: "device-virtual",
  table: deviceOperations,
  needs: ["core-keeper", "core-metadata", "core-command", "device-virtual"],
  steps,
  unreached: {
    "get 503": "the service is up when its test begins",
    "set 503": "the same",
    "discover 202": "discovery is off until it is switched on: test/conformance/contract/discovery.test.ts",
    "stopDiscoveryById 404": "the same",
    "discover 501": "device-virtual discovers and scans; device-modbus does not: the same test",
    "stopDiscovery 501": "the same",
    "stopDiscoveryById 501": "the same",
    "scanProfile 501": "the same",
    "stopScan 501": "the same",
  },
});
