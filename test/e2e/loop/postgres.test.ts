/** The edge as a person starts it, its tables on PostgreSQL: the loop runs, everything is there after a restart. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Firing } from "@jx/contracts";
import { type EdgeProcess, refusedStart, startEdgeProcess, temporaryFolder } from "../../support/edge-process.ts";
import { askJson } from "../../support/http.ts";
import { addOwnDevice } from "../../support/own-device.ts";
import { missingPostgres, startPostgres } from "../../support/postgres.ts";
import { until } from "../../support/wait.ts";

const skip = missingPostgres();
const RULE = `rule "own" {\n  when "own-device".Level > 1 m\n  then log "the own rule"\n}\n`;

async function eventCount(edge: EdgeProcess): Promise<number> {
  return (await askJson<{ count: number }>(`${edge.api("core-data")}/event/count`)).count;
}

test("collect, judge, restart, lose the server and find it again", { skip }, async (t) => {
  await using server = await startPostgres();
  const { host, port, database } = await server.createDatabase();
  const data = temporaryFolder(t);
  const password = server.address.password ?? "";
  const setup = {
    data,
    args: ["--store", `postgres://postgres@${host}:${port}/${database}`],
    env: { JX_STORE_PASSWORD: password },
  };
  const edge = await startEdgeProcess(t, setup);
  const { store } = await edge.status();
  assert.deepEqual([store?.kind, store?.address], ["postgres", `postgres://postgres@${host}:${port}/${database}`]);
  assert.match(store?.version ?? "", /^1[5-9]/);
  await addOwnDevice(edge);
  await askJson(`${edge.api("rules")}/rule/file/own.pangu`, { method: "PUT", body: { text: RULE } });
  await until("the rule fires", async () => {
    const { firings } = await askJson<{ firings: Firing[] }>(`${edge.api("rules")}/firing/all`);
    return firings.some(({ rule }) => rule === "own");
  });
  await until("events are stored", async () => (await eventCount(edge)) > 3);

  server.stop("fast");
  await until("core data says that its store is away", () => /the store's server is away/.test(logOf(data)));
  await server.start();
  const before = await until("core data answers again", () => eventCount(edge).catch(() => undefined), 30_000);
  await until("and stores again", async () => (await eventCount(edge)) > before, 30_000);

  const told = await edge.stop();
  const log = logOf(data);
  assert.ok(!(told + log).includes(password), "no password is printed or logged");
  const again = await startEdgeProcess(t, setup);
  assert.ok((await eventCount(again)) >= before, "what was stored is there after a restart");
  const { devices } = await askJson<{ devices: { name: string }[] }>(`${again.api("core-metadata")}/device/all`);
  assert.ok(devices.some(({ name }) => name === "own-device"));
  await until("new events come", async () => (await eventCount(again)) > before);

  const second = await refusedStart(t, temporaryFolder(t), setup);
  assert.equal(second.code, 1);
  assert.match(second.output, /jx_core_keeper, is in use by jx-edge core-keeper, process \d+/);
  await again.stop();
});

function logOf(data: string): string {
  return readFileSync(join(data, "logs", "edge.log"), "utf8");
}

test("files of an edge that ran on SQLite before are named as not used", { skip }, async (t) => {
  const data = temporaryFolder(t);
  await (await startEdgeProcess(t, { data })).stop();
  await using server = await startPostgres();
  const { host, port, database, password } = await server.createDatabase();
  const args = ["--store", `postgres://postgres@${host}:${port}/${database}`];
  const edge = await startEdgeProcess(t, { data, args, env: { JX_STORE_PASSWORD: password ?? "" } });
  await edge.stop();
  assert.match(
    edge.output(),
    /keeper\.db, core-metadata\/metadata\.db, core-data\/events\.db in the data folder are not used/,
  );
});

test("a server on which acknowledged would not mean kept stops the start", { skip }, async (t) => {
  await using server = await startPostgres(["synchronous_commit = off"]);
  const { host, port, database } = await server.createDatabase();
  const args = [
    "--store",
    `postgres://postgres:${encodeURIComponent(server.address.password ?? "")}@${host}:${port}/${database}`,
  ];
  const { code, output } = await refusedStart(t, temporaryFolder(t), { args });
  assert.equal(code, 1);
  assert.match(output, /synchronous_commit off: .* set synchronous_commit = on in postgresql\.conf/);
  assert.ok(!output.includes("p@ss") && !output.includes("p%40ss"), output);
});
