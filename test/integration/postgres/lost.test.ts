/** What a lost connection does: an error to the caller, no event twice, none half, and the store works again by itself. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAppError } from "@jx/kit";
import type { PostgresWatch } from "@jx/stores";
import { openPostgresEventStore } from "../../../edge/core-data/src/store/postgres.ts";
import { event } from "../../../edge/core-data/src/store/sample-events.ts";
import { openPostgresKeeperStore } from "../../../edge/core-keeper/src/store/postgres.ts";
import { openPostgresDocumentStore } from "../../../edge/core-metadata/src/store/postgres.ts";
import { missingPostgres, type PostgresServer, startPostgres } from "../../support/postgres.ts";
import { until } from "../../support/wait.ts";
import { startLossyProxy } from "./lossy-proxy.ts";

const skip = missingPostgres();
const started = skip === false ? await startPostgres() : undefined;
after(() => started?.[Symbol.asyncDispose]());
const server = (): PostgresServer => started ?? assert.fail("no server");

function watcher(): PostgresWatch & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    waiting: ({ message }) => seen.push(`waiting: ${message}`),
    lost: (reason) => seen.push(`lost: ${reason}`),
    back: () => seen.push("back"),
  };
}

const isBack = (watch: { readonly seen: readonly string[] }) => () => watch.seen.at(-1) === "back";
const all = { offset: 0, limit: 100 };

for (const when of ["before", "after"] as const) {
  test(`events: a connection cut ${when} the commit reached the server keeps nothing of what was refused`, {
    skip,
  }, async () => {
    await using proxy = await startLossyProxy(await server().createDatabase());
    const watch = watcher();
    await using store = await openPostgresEventStore({ address: proxy.address, service: "core-data", watch });
    const first = event();
    await store.append([first]);
    proxy.cutAtCommit(when);
    const refused = event({ deviceName: "refused" });
    await assert.rejects(
      store.append([refused]),
      (error) => isAppError(error, "Storage") && error.code === "connection-lost",
    );
    await until("the store is back", isBack(watch));
    // As core data does with events of the bus: what was refused is offered again.
    await store.append([refused]);
    const { items } = await store.events({}, all);
    assert.deepEqual(new Set(items.map(({ id }) => id)), new Set([first.id, refused.id]));
    assert.equal(await store.countReadings({}), 2);
  });
}

test("settings and metadata: what the caller was told had failed is taken back, in its old place", {
  skip,
}, async () => {
  await using proxy = await startLossyProxy(await server().createDatabase());
  const watch = watcher();
  await using keeper = await openPostgresKeeperStore({ address: proxy.address, service: "core-keeper", watch });
  const entry = (key: string, value: string) => ({ key, value, created: 1, modified: 1 });
  const registration = { type: "register", serviceId: "s", content: '{"n":1}' } as const;
  await keeper.apply([
    { type: "put", entry: entry("a", "1\u0010\0") },
    { type: "put", entry: entry("b", "1") },
    registration,
  ]);
  const before = await keeper.load();
  proxy.cutAtCommit("after");
  const changes = [
    { type: "put", entry: entry("a", "2") },
    { type: "delete", key: "b" },
    { type: "put", entry: entry("c", "2") },
    { ...registration, content: undefined },
  ] as const;
  await assert.rejects(keeper.apply(changes), (error) => isAppError(error, "Storage"));
  await until("keeper's store is back", isBack(watch));
  assert.deepEqual(await keeper.load(), before);

  const watchToo = watcher();
  await using documents = await openPostgresDocumentStore({
    address: proxy.address,
    service: "core-metadata",
    watch: watchToo,
  });
  await documents.apply([
    { kind: "device", name: "d", content: '{"n":1}' },
    { kind: "device", name: "e", content: "{}" },
  ]);
  const rows = await documents.load();
  proxy.cutAtCommit("after");
  await assert.rejects(
    documents.apply([
      { kind: "device", name: "d", content: undefined },
      { kind: "profile", name: "e", content: "{}" },
    ]),
  );
  await until("metadata's store is back", isBack(watchToo));
  assert.deepEqual(await documents.load(), rows);
});

test("a server that goes away and comes back: errors meanwhile, then the store works again", { skip }, async () => {
  const address = await server().createDatabase();
  const watch = watcher();
  await using store = await openPostgresEventStore({ address, service: "core-data", watch });
  await store.append([event()]);
  server().stop("fast");
  await until("the loss is noticed", () => watch.seen.some((text) => text.startsWith("lost: ")));
  await assert.rejects(store.append([event()]), { kind: "ServiceUnavailable", code: "store-away" });
  await assert.rejects(store.countEvents({}), (error) => isAppError(error, "ServiceUnavailable"));
  await server().start();
  await until("the store is back", isBack(watch));
  await store.append([event()]);
  assert.equal(await store.countEvents({}), 2);
  assert.ok(!watch.seen.some((text) => text.includes(address.password ?? "?")), "no password in what is told");
});

test("a server that came back unsafe is not written to until it is safe again", { skip }, async () => {
  const address = await server().createDatabase();
  const watch = watcher();
  await using store = await openPostgresEventStore({ address, service: "core-data", watch });
  server().stop("fast");
  server().configure("fsync = off");
  await server().start();
  await until("the reason is known", async () => {
    const error = await store.append([event()]).catch((reason: unknown) => reason);
    return isAppError(error, "ServiceUnavailable") && /fsync off/.test(error.message);
  });
  server().configure("fsync = on");
  server().reload();
  await until("the store is back", isBack(watch));
  await store.append([event()]);
  assert.equal(await store.countEvents({}), 1);
});

test("a write of another edge is never taken for the one whose answer was lost", { skip }, async () => {
  const address = await server().createDatabase();
  await using proxy = await startLossyProxy(address);
  const store = await openPostgresEventStore({ address: proxy.address, service: "core-data" });
  await store.append([event()]);
  // The commit never reached the server; before our edge is back another one has written, under the same numbers.
  proxy.close();
  proxy.cutAtCommit("before");
  await assert.rejects(store.append([event()]));
  {
    await using other = await openPostgresEventStore({ address, service: "core-data" });
    await other.append([event({ deviceName: "theirs" })]);
  }
  proxy.open();
  await until("the reason is known", async () => {
    const error = await store.append([event()]).catch((reason: unknown) => reason);
    return isAppError(error, "ServiceUnavailable") && /written by another edge/.test(error.message);
  });
  await store[Symbol.asyncDispose]();
  await using again = await openPostgresEventStore({ address, service: "core-data" });
  assert.equal(await again.countEvents({ deviceName: "theirs" }), 1);
  assert.equal(await again.countEvents({}), 2);
});

test("a store whose server is away is closed without waiting for it", { skip }, async () => {
  const watch = watcher();
  await using proxy = await startLossyProxy(await server().createDatabase());
  const store = await openPostgresEventStore({ address: proxy.address, service: "core-data", watch });
  await store.append([event()]);
  proxy.close();
  proxy.cutAtCommit("before");
  await assert.rejects(store.append([event()]));
  const from = performance.now();
  await store[Symbol.asyncDispose]();
  assert.ok(performance.now() - from < 5_000);
  await assert.rejects(store.append([event()]), /is closed/);
});

test("a store that another edge has written to meanwhile refuses to go on", { skip }, async () => {
  const address = await server().createDatabase();
  await using store = await openPostgresEventStore({ address, service: "core-data" });
  await store.append([event()]);
  server().psql("UPDATE jx_core_data.state SET commits = commits + 2", address.database);
  server().psql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${address.database}'`);
  await until("the reason is known", async () => {
    const error = await store.append([event()]).catch((reason: unknown) => reason);
    return isAppError(error, "ServiceUnavailable") && /written by another edge/.test(error.message);
  });
});
