/** Bytes from outside that are wrong or hostile: every door answers with a clear refusal, quickly, and goes on. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { type DeviceProfile, metadataOperations } from "@jx/contracts";
import { encode } from "cborg";
import fc from "fast-check";
import { type Hosted, type ServiceKey, startHosted } from "../../support/hosted.ts";
import { type Answer, ask } from "../../support/http.ts";
import { OWN_DEVICE, OWN_PROFILE } from "../../support/own-device.ts";

const SERVICES = [
  "core-keeper",
  "core-metadata",
  "core-data",
  "core-command",
  "rules",
  "device-virtual",
  "device-modbus",
] as const;
/**
 * Work of this process for one request, in ms on a processor; with more of it a few hostile clients would hold up
 * everybody. What waits instead of working is told by Service.RequestTimeout, as 503.
 */
const LIMIT_MS = 2_000;

let hosted: Hosted;
before(async () => {
  hosted = await startHosted({ services: SERVICES });
});
after(() => hosted[Symbol.asyncDispose]());

interface Door {
  readonly service: ServiceKey;
  readonly method: string;
  readonly path: string;
  /** A body that is taken. */
  readonly good: unknown;
}

const id = "563513b3-f020-46fa-ae44-0fdd1d129185";
const reading = { origin: 1, deviceName: "d", resourceName: "r", profileName: "p", valueType: "Int8", value: "1" };
const event = {
  apiVersion: "v3",
  id,
  deviceName: "d",
  profileName: "p",
  sourceName: "s",
  origin: 1,
  readings: [reading],
};
const EVENT_PATH = "/event/svc/p/d/s";

const DOORS: readonly Door[] = [
  { service: "core-keeper", method: "PUT", path: "/kvs/key/hostile?flatten=true", good: { value: { a: { b: 1 } } } },
  {
    service: "core-keeper",
    method: "PUT",
    path: "/registry",
    good: {
      apiVersion: "v3",
      registration: { serviceId: "x", host: "h", port: 1, HealthCheck: { interval: "1h", path: "/p", type: "http" } },
    },
  },
  {
    service: "core-metadata",
    method: "POST",
    path: "/deviceprofile",
    good: [{ apiVersion: "v3", profile: OWN_PROFILE }],
  },
  { service: "core-metadata", method: "POST", path: "/device", good: [{ apiVersion: "v3", device: OWN_DEVICE }] },
  {
    service: "core-metadata",
    method: "PATCH",
    path: "/device",
    good: [{ apiVersion: "v3", device: { name: "own-device" } }],
  },
  { service: "core-data", method: "POST", path: EVENT_PATH, good: { apiVersion: "v3", event } },
  { service: "core-command", method: "PUT", path: "/device/name/own-device/Level", good: { Level: "1" } },
  { service: "device-virtual", method: "PUT", path: "/device/name/own-device/Level", good: { Level: "1" } },
  {
    service: "device-virtual",
    method: "POST",
    path: "/profilescan",
    good: { apiVersion: "v3", requestId: id, deviceName: "nobody", profileName: "p", options: { a: [1] } },
  },
  { service: "rules", method: "POST", path: "/rule/check", good: { text: 'rule "a" { when "d".r > 1 then log "x" }' } },
];

/** Sends a body through a door; asserts that the answer is quick, is JSON, and is no failure of ours. */
async function send(
  { service, method, path }: Door,
  body: string | Uint8Array,
  type = "application/json",
): Promise<Answer> {
  const before = process.cpuUsage();
  const answer = await ask(hosted.url(service) + path, { method, body, headers: { "content-type": type } });
  const shown = typeof body === "string" ? body.slice(0, 100) : Buffer.from(body.slice(0, 50)).toString("hex");
  assert.ok(workSince(before) < LIMIT_MS, `${method} ${path} took too much work for ${shown}`);
  assert.ok(answer.status < 500 || isReason(answer), `${method} ${path}: ${answer.status} ${answer.text} for ${shown}`);
  if (answer.text !== "") JSON.parse(answer.text);
  return answer;
}

function workSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** A command without a value is 500 in EdgeX too, with its reason. */
function isReason({ status, text }: Answer): boolean {
  return status === 500 && text.includes("not found in request body and no default value defined");
}

const deep = (open: string, close: string): string => open.repeat(100_000) + close.repeat(100_000);
const HOSTILE: readonly (readonly [name: string, body: string | Uint8Array])[] = [
  ["nothing", ""],
  ["blanks", " \n\t "],
  ["no JSON", "hello"],
  ["a comma too many", '{"a":1,}'],
  ["NaN", "NaN"],
  ["a cut string", '{"a":"'],
  ["bad escape", '{"a":"\\x"}'],
  ["no UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ["a byte order mark", "\ufeff{}"],
  ["UTF-16", Buffer.from('{"a":1}', "utf16le")],
  ["zero bytes", "\u0000".repeat(1_000)],
  ["numbers beyond any", '{"a":1e999999,"origin":99999999999999999999999999999999}'],
  ["deep lists", deep("[", "]")],
  ["deep objects", deep('{"a":', "}")],
  ["deep and cut", "[".repeat(1_000_000)],
  ["100,000 keys", `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":0`).join(",")}}`],
  ["100,000 nulls", `[${Array(100_000).fill("null").join(",")}]`],
  ["keys of the prototype", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'],
  [
    "the same in a list",
    '[{"__proto__":{"polluted":1},"device":{"__proto__":{"polluted":1}},"profile":{"__proto__":null}}]',
  ],
  ["toString as a field", '[{"apiVersion":{"toString":1},"device":{"name":{"toString":null,"valueOf":1}}}]'],
  ["a marked 64-bit integer", '{"event":{"origin":"\\u0000int64:1"},"value":"\\u0000int64:x","a":"\\u0000int64:"}'],
  ["half a surrogate", '[{"apiVersion":"v3","device":{"name":"\\ud800"}}]'],
];

test("hostile JSON at every door", async (t) => {
  let sent = 0;
  for (const door of DOORS) {
    for (const [, body] of HOSTILE) {
      await send(door, body);
      sent += 1;
    }
  }
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  await everyServiceAnswers();
  t.diagnostic(`${sent} hostile bodies, none answered by a failure`);
});

test("what is wrong with a body is said in words", async () => {
  const [keeper, , profiles] = DOORS;
  assert.ok(keeper && profiles);
  const text = async (door: Door, body: string | Uint8Array) =>
    (JSON.parse((await send(door, body)).text) as { message: string }).message;
  assert.equal(await text(profiles, deep("[", "]")), "the JSON nests deeper than 64 levels at character 64");
  assert.equal(
    await text(keeper, new Uint8Array([0xff])),
    "the body is not UTF-8; save the file as UTF-8 and send it again",
  );
  assert.equal(await text(profiles, "hello"), "invalid character 'h' looking for beginning of value");
  assert.match(await text(profiles, '[{"a":1,}]'), /^the body is not valid JSON: .*position 8/);
});

test("bodies near to right ones: single values, keys and bytes changed", async (t) => {
  let sent = 0;
  const junk = fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1e300,
    "",
    " ",
    "\u0000",
    "x".repeat(5_000),
    [],
    {},
    [[]],
    { a: null },
    "LOCKED",
    "9223372036854775808",
  );
  for (const door of DOORS) {
    const text = JSON.stringify(door.good);
    const paths = pathsOf(door.good);
    const changed = fc.oneof(
      fc
        .record({ path: fc.constantFrom(...paths), value: junk })
        .map(({ path, value }) => JSON.stringify(replaced(door.good, path, value))),
      fc
        .record({ at: fc.nat(text.length - 1), byte: fc.nat(255), drop: fc.nat(3) })
        .map(({ at, byte, drop }) =>
          Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.of(byte), Buffer.from(text.slice(at + drop))]),
        ),
    );
    await fc.assert(
      fc.asyncProperty(changed, async (body) => {
        await send(door, body);
        sent += 1;
      }),
      { numRuns: 80 },
    );
  }
  await everyServiceAnswers();
  t.diagnostic(`${sent} changed bodies`);
});

test("hostile CBOR", async () => {
  const door: Door = { service: "core-data", method: "POST", path: EVENT_PATH, good: undefined };
  const good = encode({ apiVersion: "v3", event: { ...event, origin: 1n, readings: [{ ...reading, origin: 1n }] } });
  assert.equal((await send(door, good, "application/cbor")).status, 201);
  const bodies: Uint8Array[] = [
    // RFC 8949 §3: a byte string, a text, an array and a map that say they hold 2^64 − 1.
    ...[0x5b, 0x7b, 0x9b, 0xbb].map((head) => Buffer.of(head, ...Array(8).fill(0xff))),
    Buffer.alloc(200_000, 0x81), // lists in lists
    Buffer.alloc(200_000, 0xa1), // maps in keys of maps
    Buffer.alloc(200_000, 0xd8), // tags of tags
    Buffer.alloc(200_000, 0x9f), // lists without an end
    Buffer.of(0x7f, 0x61, 0x61), // a text without an end
    Buffer.of(0xc2, 0x5a, 0x00, 0x0f, 0xff, 0xff), // a number of a million bytes, cut
    Buffer.of(0x62, 0xff, 0xfe), // no UTF-8
    Buffer.of(0xff),
    Buffer.of(0x1c), // reserved
    Buffer.of(0xf8, 0x00), // §3.3: not well-formed
    Buffer.concat([good, Buffer.of(0)]), // something behind it
    encode([]),
    encode("text"),
    encode({ apiVersion: "v3", event: { ...event, origin: 1.5 } }),
    encode({ apiVersion: "v3", event: { ...event, readings: [{ ...reading, value: new Uint8Array(3) }] } }),
  ];
  for (let end = 0; end < good.length; end += 1) bodies.push(good.slice(0, end));
  for (const body of bodies) {
    const { status, text } = await send(door, body, "application/cbor");
    assert.equal(status, 400, `${Buffer.from(body.slice(0, 40)).toString("hex")}: ${status} ${text}`);
  }
  for (let i = 0; i < good.length; i += 1) {
    const changed = good.slice();
    changed[i] = (changed[i] ?? 0) ^ 0xff;
    await send(door, changed, "application/cbor");
  }
  await everyServiceAnswers();
});

test("paths and queries beyond measure", async () => {
  const long = "x".repeat(6_000);
  for (const [service, path] of [
    ["core-keeper", `/kvs/key/${long}`],
    ["core-metadata", `/device/name/${long}`],
    ["core-metadata", "/device/name/%"],
    ["core-metadata", "/device/name/%ff%fe"],
    ["core-metadata", "/device/name/%00"],
    ["core-metadata", `/device/all?labels=${"a,".repeat(3_000)}`],
    ["core-metadata", "/device/all?__proto__=1&limit=1&constructor=2"],
    ["core-data", "/event/start/0/end/99999999999999999999999999"],
    ["core-data", `/event/id/${long}`],
    ["core-command", `/device/name/d/${encodeURIComponent("(((((((((((a*)*)*)*)*)*)*)*)*)*)*)b")}`],
    ["device-virtual", `/device/name/own-device/${encodeURIComponent("(a{1000}){1000}")}`],
  ] as const) {
    const before = process.cpuUsage();
    const { status, text } = await ask(hosted.url(service) + path);
    assert.ok(status >= 400 ? status < 500 : status === 200, `${path.slice(0, 60)}: ${status} ${text}`);
    assert.ok(workSince(before) < LIMIT_MS, path.slice(0, 60));
  }
  await everyServiceAnswers();
});

test("a device that its driver cannot reach by what it says is refused with the property's name", async () => {
  const metadata = hosted.host.clients.of("core-metadata", metadataOperations);
  const profile: DeviceProfile = {
    name: "modbus",
    deviceResources: [
      {
        name: "R",
        attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: 0 },
        properties: { valueType: "Int16", readWrite: "R" },
      },
    ],
  };
  await metadata.addProfiles({ body: [{ profile }] });
  const right = { Address: "127.0.0.1", Port: "502", UnitID: "1" };
  const cases: readonly (readonly [protocols: Record<string, Record<string, unknown>>, message: RegExp])[] = [
    [{ "modbus-tcp": { ...right, UnitID: "300" } }, /UnitID is "300"; it must be a whole number from 0 to 255/],
    [{ "modbus-tcp": { ...right, Port: "http" } }, /Port is "http"; it must be a whole number from 1 to 65535/],
    [{ "modbus-tcp": { Port: "502", UnitID: "1" } }, /Address/],
    [{ "modbus-tcp": { ...right, Timeout: "soon" } }, /Timeout: "soon" is neither seconds nor a duration/],
    [{ "modbus-rtu": { Address: "/dev/ttyS0" } }, /modbus-tcp/],
    [{}, /modbus-tcp/],
  ];
  for (const [protocols, message] of cases) {
    const device = {
      ...OWN_DEVICE,
      name: randomUUID(),
      serviceName: "device-modbus",
      profileName: "modbus",
      autoEvents: [],
      protocols,
    };
    const [item] = await metadata.addDevices({ body: [{ device }] });
    assert.equal(item?.statusCode, 500, "EdgeX's status for what the driver says");
    assert.match(item?.message ?? "", message);
    assert.match(item?.message ?? "", /^Device .* validation failed: /);
  }
  const [unknown] = await metadata.addDevices({
    body: [{ device: { ...OWN_DEVICE, name: "u", profileName: "none" } }],
  });
  assert.deepEqual(unknown, {
    statusCode: 400,
    message: "device profile 'none' not found during validating device 'u'",
  });
});

async function everyServiceAnswers(): Promise<void> {
  for (const service of SERVICES) assert.equal((await ask(`${hosted.url(service)}/ping`)).status, 200, service);
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}
