import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { DROPS, type Registration } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { createMetrics, type Hosted, type SubscriptionStats } from "@jx/runtime";
import { loggedWatch } from "@jx/stores";
import { peerCounts } from "./peer-counts.ts";
import { peerVersions } from "./peer-versions.ts";
import { type SystemParts, systemOverview } from "./system.ts";

const HEALTH = { interval: "10s", path: "/api/v3/ping", type: "http" };

function registration(serviceId: string, port: number, status: string): Registration {
  return { serviceId, host: "127.0.0.1", port, status, modified: 1_700_000_000_000, HealthCheck: HEALTH };
}

function stats(name: string, policy: SubscriptionStats["policy"], waiting: number, dropped: number): SubscriptionStats {
  return { name, policy, waiting, dropped, delivered: 0, failed: 0 };
}

function parts(fields: Partial<SystemParts> & { readonly registrations?: readonly Registration[] } = {}): SystemParts {
  const registrations = [...(fields.registrations ?? [])];
  return {
    host: { services: [{ key: "core-data", port: 1, baseAddress: "http://localhost:1" } as Hosted] },
    keeper: { allRegistrations: async () => ({ totalCount: registrations.length, registrations }) },
    bus: { stats: () => [] },
    metrics: createMetrics(),
    peers: peerVersions({ nowMs: () => 0, newId: () => "id" }),
    peerCounts: peerCounts({ nowMs: () => 0, newId: () => "id" }),
    ...fields,
  };
}

async function serve(t: TestContext, answer: (path: string) => string): Promise<number> {
  const server = createServer(({ url = "" }, response) => {
    const text = answer(url);
    response.writeHead(text === "" ? 404 : 200).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test("our own services and those of others, each with state, version and last check", async (t) => {
  const port = await serve(
    t,
    () => '{"apiVersion":"v3","version":"4.0.2","serviceName":"device-go","sdk_version":"4.0.2"}',
  );
  const list = [
    registration("core-data", 1, "UP"),
    registration("device-go", port, "UP"),
    registration("app", 9, "DOWN"),
  ];
  const { services } = await systemOverview(parts({ registrations: list }));
  const [own, peer, gone] = services;
  assert.deepEqual([own?.serviceId, own?.here, own?.status, own?.version], ["core-data", true, "UP", "4.1.0"]);
  assert.ok((own?.jxVersion ?? "").length > 0);
  const address = `http://127.0.0.1:${port}`;
  const checkedAt = 1_700_000_000_000;
  assert.deepEqual(peer, { serviceId: "device-go", here: false, address, status: "UP", checkedAt, version: "4.0.2" });
  // One that keeper found down is not asked: its port 9 would be answered by nobody.
  assert.deepEqual(gone, { serviceId: "app", here: false, address: "http://127.0.0.1:9", status: "DOWN", checkedAt });
});

test("without a registry what runs here is still told, and why the rest is not", async () => {
  const keeper = {
    allRegistrations: async () => {
      throw new AppError("ServiceUnavailable", "failed to send a http request");
    },
  };
  const { services, registryProblem } = await systemOverview(parts({ keeper }));
  assert.deepEqual(
    services.map(({ serviceId, status }) => [serviceId, status]),
    [["core-data", "UP"]],
  );
  assert.equal(registryProblem, "core-keeper: failed to send a http request");
});

test("a keeper elsewhere, which registers nowhere, is told too: with its version, or as down", async (t) => {
  const port = await serve(t, () => '{"apiVersion":"v3","version":"4.0.2","serviceName":"core-keeper"}');
  const keeperAddress = `http://127.0.0.1:${port}`;
  const there = (await systemOverview(parts({ keeperAddress }))).services;
  const keeper = { serviceId: "core-keeper", here: false, address: keeperAddress };
  assert.deepEqual(there.slice(1), [{ ...keeper, status: "UP", version: "4.0.2" }]);
  const silent = {
    allRegistrations: async () => {
      throw new AppError("ServiceUnavailable", "failed to send a http request");
    },
  };
  const gone = (await systemOverview(parts({ keeperAddress, keeper: silent }))).services;
  assert.deepEqual(gone.slice(1), [{ ...keeper, status: "DOWN" }]);
});

test("a service whose store has lost its server says so", async () => {
  const metrics = createMetrics();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const watch = loggedWatch({ key: "core-data", log, metrics });
  const away = async () => (await systemOverview(parts({ metrics }))).services.map(({ storeAway }) => storeAway);
  assert.deepEqual(await away(), [undefined]);
  watch.lost("connect ECONNREFUSED");
  assert.deepEqual(await away(), [true]);
  watch.back(10);
  assert.deepEqual(await away(), [undefined]);
});

test("what waits and what was dropped, by whose it is; every kind is named", async () => {
  const metrics = createMetrics();
  metrics.counter("jx_mqtt_dropped_total", "", { door: "broker", reason: "slow" }).add(3);
  metrics.observe("jx_device_skipped_polls_total", "", () => [
    { labels: { service: "device-modbus", device: "a" }, value: 2 },
    { labels: { service: "device-modbus", device: "b" }, value: 5 },
    { labels: { service: "device-virtual", device: "c" }, value: 0 },
  ]);
  metrics.observe("jx_core_data_pending_readings", "", () => 17);
  const bus = {
    stats: () => [
      stats("core-data", "block", 4, 0),
      stats("live", "latest", 1, 900),
      stats("mirror", "drop-oldest", 0, 6),
    ],
  };
  const { queues, drops } = await systemOverview(parts({ metrics, bus }));
  assert.deepEqual(queues, [
    { kind: "bus", name: "core-data", count: 4 },
    { kind: "bus", name: "live", count: 1 },
    { kind: "bus", name: "mirror", count: 0 },
    { kind: "store", name: "", count: 17 },
  ]);
  assert.deepEqual(
    drops.filter(({ count }) => count > 0),
    [
      { kind: "bus", name: "mirror", count: 6 },
      { kind: "mirror", name: "broker slow", count: 3 },
      { kind: "polls", name: "device-modbus", count: 7 },
    ],
  );
  assert.deepEqual(new Set(drops.map(({ kind }) => kind)), new Set(Object.keys(DROPS)));
});

test("a peer is asked once a minute, one that failed sooner, and never so that the caller fails", async (t) => {
  let asked = 0;
  let now = 0;
  const port = await serve(t, () => {
    asked += 1;
    return asked === 1 ? "<html>" : '{"version":"4.0.2"}';
  });
  const peers = peerVersions({ nowMs: () => now, newId: () => "id" });
  const address = `http://127.0.0.1:${port}`;
  assert.match(String(Object.values(await peers.of(address))), /invalid character/);
  await peers.of(address);
  assert.equal(asked, 1);
  now = 11_000;
  assert.deepEqual(await peers.of(address), { version: "4.0.2" });
  now = 70_000;
  await peers.of(address);
  assert.equal(asked, 2);
  now = 72_000;
  await peers.of(address);
  assert.equal(asked, 3);
});

const JX = '{"apiVersion":"v3","version":"4.1.0","jxVersion":"0.1.0"}';

/** A process of JX elsewhere with these counts, as its services answer. */
function jxProcess(counts: unknown): (path: string) => string {
  return (path) => (path.endsWith("/version") ? JX : counts === undefined ? "" : JSON.stringify(counts));
}

test("what waits and was dropped in other processes is told with whose it is, once a process", async (t) => {
  const counts = {
    process: "p1",
    services: ["device-a", "device-b"],
    storeAway: ["device-b"],
    queues: [
      { kind: "bus", name: "mirror", count: 2 },
      { kind: "of a newer version", name: "", count: 1 },
    ],
    drops: [{ kind: "mirror", name: "client away", count: 7 }],
  };
  const one = await serve(t, jxProcess(counts));
  const two = await serve(t, jxProcess(counts));
  const metrics = createMetrics();
  metrics.counter("jx_mqtt_dropped_total", "", { door: "broker", reason: "slow" }).add(3);
  const list = [registration("device-a", one, "UP"), registration("device-b", two, "UP")];
  const { services, queues, drops } = await systemOverview(parts({ registrations: list, metrics }));
  const elsewhere = "device-a, device-b";
  assert.deepEqual(queues, [{ kind: "bus", name: "mirror", count: 2, elsewhere }]);
  assert.deepEqual(
    drops.filter(({ kind }) => kind === "mirror"),
    [
      { kind: "mirror", name: "broker slow", count: 3 },
      { kind: "mirror", name: "client away", count: 7, elsewhere },
    ],
  );
  assert.deepEqual(new Set(drops.map(({ kind }) => kind)), new Set(Object.keys(DROPS)));
  assert.deepEqual(
    services.map(({ serviceId, storeAway }) => [serviceId, storeAway]),
    [
      ["core-data", undefined],
      ["device-a", undefined],
      ["device-b", true],
    ],
  );
});

test("a peer that tells no counts is told with the reason, and one of EdgeX is not asked", async (t) => {
  const older = await serve(t, jxProcess(undefined));
  const odd = await serve(t, jxProcess({ process: 1, services: [], storeAway: [], queues: [], drops: [] }));
  const paths: string[] = [];
  const edgex = await serve(t, (path) => {
    paths.push(path);
    return '{"version":"4.0.2"}';
  });
  const list = [registration("old", older, "UP"), registration("odd", odd, "UP"), registration("go", edgex, "UP")];
  const { services } = await systemOverview(parts({ registrations: list }));
  assert.deepEqual(
    services.slice(1).map(({ countsProblem }) => countsProblem),
    ["status 404", "GET /process/counts: the answer is of another shape", undefined],
  );
  assert.deepEqual(paths, ["/api/v3/version"]);
});

test("a peer that says more than a page holds is cut: the longest queues stay", async (t) => {
  const queues = Array.from({ length: 1_000 }, (_, count) => ({ kind: "bus", name: "x".repeat(1_000), count }));
  const long = { process: "p", services: [], storeAway: [], queues, drops: [] };
  const port = await serve(t, jxProcess(long));
  const told = (await systemOverview(parts({ registrations: [registration("a", port, "UP")] }))).queues;
  assert.deepEqual([told.length, told[0]?.count, told[0]?.name.length], [200, 999, 100]);
});
