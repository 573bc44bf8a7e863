/**
 * 500 from each service that has a store, with a store that really fails: its tables are taken away while it runs, as by
 * a hand or a restored backup. A full and a read-only disk: test/e2e/faults/disk.test.ts. EdgeX's status for a failing
 * database: go-mod-core-contracts errors/types.go, KindDatabaseError → 500.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { refusal } from "@jx/conformance";
import { dataOperations, type Event, keeperOperations, metadataOperations } from "@jx/contracts";
import { type Hosted, type ServiceKey, startHosted } from "../../support/hosted.ts";
import { ask } from "../../support/http.ts";

const NAMES = { deviceName: "d", profileName: "p", sourceName: "s" };
const ORIGIN = 1_692_721_935_934_211_905n;
const READING = {
  deviceName: "d",
  profileName: "p",
  resourceName: "r",
  valueType: "Int8",
  value: 1,
  origin: ORIGIN,
  units: "",
  mediaType: "",
  tags: undefined,
} as const;
const EVENT: Event = {
  id: "11111111-2222-4333-8444-555555555555",
  ...NAMES,
  origin: ORIGIN,
  readings: [READING],
  tags: undefined,
};

interface Case {
  readonly service: ServiceKey;
  readonly services: readonly ServiceKey[];
  readonly file: string;
  /** The same call before, when it must be accepted, and after, when the store fails; `n` makes it another thing. */
  call(hosted: Hosted, n: number): Promise<unknown>;
  /** The same as a plain request. */
  readonly request: { readonly path: string; readonly method: string; readonly body?: unknown };
}

const cases: readonly Case[] = [
  {
    service: "core-keeper",
    services: ["core-keeper"],
    file: "core-keeper/keeper.db",
    call: ({ host }, n) =>
      host.clients.of("core-keeper", keeperOperations).putKey({ key: `k/${n}`, body: { value: "1" } }),
    request: { path: "/kvs/key/k/9", method: "PUT", body: { value: "1" } },
  },
  {
    service: "core-metadata",
    services: ["core-keeper", "core-metadata"],
    file: "core-metadata/metadata.db",
    call: ({ host }, n) => host.clients.of("core-metadata", metadataOperations).deleteService({ name: `kept ${n}` }),
    request: { path: "/deviceservice/name/kept%203", method: "DELETE" },
  },
  {
    service: "core-data",
    services: ["core-keeper", "core-data"],
    file: "core-data/events.db",
    call: ({ host }) => host.clients.of("core-data", dataOperations).allReadings({ limit: 1 }),
    request: { path: "/event/all", method: "GET" },
  },
];

for (const { service, services, file, call, request } of cases) {
  test(`${service}: a store that fails is 500, in process and over HTTP, and the service goes on`, async (t) => {
    const dataDir = temporary(t);
    await using hosted = await startHosted({ services, dataDir });
    await seed(hosted, services);
    assert.equal(await refusal(call(hosted, 1)), "accepted");
    takeTablesAway(join(dataDir, file));
    assert.match(await refusal(call(hosted, 2)), /^500 \S/);
    const { status, text } = await ask(hosted.url(service) + request.path, request);
    assert.equal(status, 500, text);
    const { message, details: _, ...frame } = JSON.parse(text) as { message: string; details?: unknown };
    assert.deepEqual(frame, { apiVersion: "v3", statusCode: 500 });
    assert.notEqual(message, "");
    assert.equal((await ask(`${hosted.url(service)}/ping`)).status, 200);
  });
}

test("a bulk request is 207 all the same, and each item has the 500", async (t) => {
  const dataDir = temporary(t);
  await using hosted = await startHosted({ services: ["core-keeper", "core-metadata"], dataDir });
  takeTablesAway(join(dataDir, "core-metadata/metadata.db"));
  const body = [{ apiVersion: "v3", service: serviceOf("a") }];
  const { status, text } = await ask(`${hosted.url("core-metadata")}/deviceservice`, { method: "POST", body });
  assert.equal(status, 207);
  assert.deepEqual(
    (JSON.parse(text) as { statusCode: number }[]).map(({ statusCode }) => statusCode),
    [500],
  );
});

function serviceOf(name: string) {
  return { name, baseAddress: "http://h:1", adminState: "UNLOCKED" } as const;
}

async function seed({ host }: Hosted, services: readonly ServiceKey[]): Promise<void> {
  if (services.includes("core-metadata")) {
    const metadata = host.clients.of("core-metadata", metadataOperations);
    const kept = [1, 2, 3].map((n) => ({ service: serviceOf(`kept ${n}`) }));
    await metadata.addServices({ body: kept });
  }
  if (services.includes("core-data")) {
    const input = { service: "svc", profile: "p", device: "d", source: "s", body: { event: EVENT } };
    await host.clients.of("core-data", dataOperations).addEvent(input);
  }
}

/** From a connection of its own, as another program would. */
function takeTablesAway(file: string): void {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
    assert.ok(tables.length > 0, file);
    db.exec("PRAGMA foreign_keys = OFF");
    for (const { name } of tables) db.exec(`DROP TABLE "${String(name)}"`);
  } finally {
    db.close();
  }
}

function temporary(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-failing-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
