/**
 * What a broken or hostile client asks: every operation of every service with mutated paths, queries and bodies. It is
 * answered in time, never with a 500, never in the words of a slip of ours.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  commandOperations,
  commonOperations,
  dataOperations,
  deviceOperations,
  keeperOperations,
  metadataOperations,
  type Operation,
  stringifyJson,
  type Table,
} from "@jx/contracts";
import { fuzzing, mutatedBytes, mutatedValue } from "@jx/contracts/fuzz";
import fc from "fast-check";
import type { Edge } from "../../../apps/edge/src/edge.ts";
import { ask } from "../../support/http.ts";
import { OWN_DEVICE, OWN_PROFILE } from "../../support/own-device.ts";
import { openEdge, SLIP, seeded, systemLog } from "./edge.ts";

const SERVICES: readonly (readonly [key: string, tables: readonly Table[]])[] = [
  ["core-metadata", [metadataOperations, commonOperations]],
  ["core-data", [dataOperations]],
  ["core-command", [commandOperations]],
  ["core-keeper", [keeperOperations]],
  ["device-virtual", [deviceOperations]],
];

/** Right bodies, by the request's Go name; what has none here gets any JSON. */
const BODIES: Readonly<Record<string, unknown>> = {
  AddDeviceRequest: [{ apiVersion: "v3", device: { ...OWN_DEVICE, name: "fuzzed" } }],
  UpdateDeviceRequest: [{ apiVersion: "v3", device: { name: "own-device", labels: ["a"], description: "b" } }],
  DeviceProfileRequest: [{ apiVersion: "v3", profile: { ...OWN_PROFILE, name: "fuzzed" } }],
  AddProvisionWatcherRequest: [
    {
      apiVersion: "v3",
      provisionwatcher: {
        name: "fuzzed",
        serviceName: "device-virtual",
        identifiers: { address: "10\\.[0-9]+" },
        blockingIdentifiers: { port: ["1"] },
        adminState: "UNLOCKED",
        discoveredDevice: { profileName: "own-profile", adminState: "UNLOCKED" },
      },
    },
  ],
  AddDeviceServiceRequest: [
    { apiVersion: "v3", service: { name: "fuzzed", baseAddress: "http://127.0.0.1:1", adminState: "UNLOCKED" } },
  ],
  AddEventRequest: {
    apiVersion: "v3",
    event: {
      apiVersion: "v3",
      id: "b1946ac9-2492-4d23-a3e1-9d1e6f2c3b4a",
      deviceName: "own-device",
      profileName: "own-profile",
      sourceName: "Level",
      origin: 1_795_472_304_567,
      readings: [
        {
          deviceName: "own-device",
          profileName: "own-profile",
          resourceName: "Level",
          origin: 1_795_472_304_567,
          valueType: "Float64",
          value: "1e+00",
        },
      ],
    },
  },
  AddRegistrationRequest: {
    apiVersion: "v3",
    registration: {
      serviceId: "fuzzed",
      host: "127.0.0.1",
      port: 1,
      healthCheck: { interval: "10s", path: "/api/v3/ping", type: "http" },
    },
  },
  UpdateKeysRequest: { apiVersion: "v3", value: { a: { b: "c" }, d: [1, 2] } },
};

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array | undefined;
  readonly type: string;
}

const word = fc.oneof(
  fc.constantFrom("own-device", "own-profile", "Level", "device-virtual", "all", "1", "-1", "0", "true", "MIN", "v3"),
  fc.constantFrom(
    "%",
    "%2",
    "%zz",
    "%00",
    "%2F..%2F",
    "%E6%B8",
    "(a*)*b",
    "(((((",
    "[z-a]",
    "\\",
    "a{1000}{1000}",
    ".*",
  ),
  fc.constantFrom("9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e3", "0x10", "1".repeat(400)),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => encodeURIComponent(text.toWellFormed())),
);
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constant("application/json") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "application/cbor",
      "application/x-yaml",
      "text/plain",
      "multipart/form-data; boundary=x",
    ),
  },
);

function requestsOf(operation: Operation): fc.Arbitrary<Request> {
  const keys = Object.keys(operation.query?.properties ?? {});
  const parts = operation.path.split(/\{\w+\*?\}/);
  const path = fc
    .array(word, { minLength: parts.length, maxLength: parts.length })
    .map((words) => parts.map((part, i) => (i === 0 ? part : `${words[i]}${part}`)).join(""));
  const query = fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...keys, "offset", "limit"), word), word), { maxLength: 4 })
    .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join("&"));
  const right = BODIES[operation.dto ?? ""] ?? { apiVersion: "v3", Level: "1" };
  const text = Buffer.from(JSON.stringify(right));
  const body =
    operation.body === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 6, arbitrary: mutatedValue(right).map((value) => Buffer.from(stringifyJson(value))) },
          { weight: 2, arbitrary: mutatedBytes([text]) },
          { weight: 1, arbitrary: fc.constantFrom(Buffer.from("null"), Buffer.from("[]"), Buffer.from("[null]")) },
        );
  return fc
    .record({ path, query, body, type })
    .map((each) => ({ ...each, method: operation.method, path: `${each.path}?${each.query}` }));
}

for (const [key, tables] of SERVICES) {
  test(`${key}: every operation, mutated`, { timeout: 300_000 }, async (t: TestContext) => {
    const { seed, numRuns } = fuzzing(40);
    const edge = await openEdge(t);
    await seeded(seed, async () => {
      for (const [name, operation] of tables.flatMap((table) => Object.entries(table))) {
        for (const request of fc.sample(requestsOf(operation), { seed, numRuns }))
          await check(edge, key, name, request);
      }
    });
    const slips = (await systemLog(edge)).filter((line) => SLIP.test(line));
    assert.deepEqual(slips.slice(0, 3), []);
  });
}

/** What EdgeX answers with 500, and so do we: a device that its service refuses (edgex-behaviour.md §1.2). */
const AS_UPSTREAM = /"message":"Device [^"]* validation failed: /;

/** For a machine that does other things too; what hangs, hangs for longer. */
const LIMIT_MS = 10_000;

async function check(edge: Edge, key: string, name: string, request: Request): Promise<void> {
  const port = edge.host.services.find((service) => service.key === key)?.port;
  const start = performance.now();
  const { method, path, body, type: contentType } = request;
  const { status, text } = await ask(`http://127.0.0.1:${port}/api/v3${path.replace(/[^\x21-\x7e]/g, "_")}`, {
    method,
    headers: body === undefined ? {} : { "content-type": contentType },
    ...(body === undefined ? {} : { body }),
  });
  const took = performance.now() - start;
  const sent = body === undefined ? "" : Buffer.from(body).toString().slice(0, 2_000);
  const what = (): string => `${name} answered ${status} ${text.slice(0, 2_000)} to ${method} ${path} ${sent}`;
  if (AS_UPSTREAM.test(text)) return;
  assert.ok(status < 500 || status === 503, what());
  assert.doesNotMatch(text, SLIP, what());
  assert.doesNotMatch(text, /"statusCode":500/, what());
  assert.ok(took < LIMIT_MS, `${took} ms: ${what()}`);
}
