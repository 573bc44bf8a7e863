/** All that deploy/compose.yaml starts, all at once; then one part after another is away, as docs/deploy.md tells it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { SystemOverview } from "@jx/contracts";
import { startMosquitto } from "../../integration/mqtt/mosquitto.ts";
import { type Apart, planApart, type ServiceProcess } from "../../support/apart.ts";
import { ourServices, readCompose } from "../../support/compose.ts";
import { ask, askJson } from "../../support/http.ts";
import { addOwnDevice } from "../../support/own-device.ts";
import { postgresUrl, startPostgres } from "../../support/postgres.ts";
import { until } from "../../support/wait.ts";
import { missing } from "./system.ts";

const services = ourServices(readCompose());

test("the whole of the compose file, started at once", { skip: missing(), timeout: 300_000 }, async (t) => {
  await using broker = await startMosquitto();
  await using postgres = await startPostgres();
  const store = postgresUrl(await postgres.createDatabase());
  const keys = services.map(([key]) => key);
  const apart = await planApart(t, { brokerPort: broker.port, store, services: keys });
  const started = await Promise.all(keys.map(async (key) => [key, await apart.start(key)] as const));
  const running = new Map<string, ServiceProcess>(started);
  await t.test("each is healthy in the words of the compose file, and one that is not there is not", () =>
    healthy(apart, keys),
  );
  await t.test("keeper has found every one of them", () => registered(apart, keys));
  await t.test("the console shows what the others have", () => throughGateway(apart));
  await addOwnDevice(apart);
  await t.test("its events cross the bus and are stored", () => grows(apart));
  await t.test("without keeper and metadata what is collected is stored", () => withoutThem(apart, running));
  await t.test("what PostgreSQL does not keep is not acknowledged", async () => {
    postgres.stop("immediate");
    const refused = await post(apart);
    assert.ok(refused.status >= 500, `${refused.status} ${refused.text}`);
    await until("the gateway tells who has lost the database", async () =>
      (await withoutStore(apart)).includes("core-data"),
    );
    await postgres.start();
    await until("events are taken again", async () => (await post(apart)).status === 201);
    await grows(apart);
    await until("and that it is back", async () => (await withoutStore(apart)).length === 0);
  });
});

function healthy(apart: Apart, keys: readonly string[]): void {
  for (const key of keys) assert.equal(health(key, new URL(apart.api(key)).port), 0, key);
  assert.equal(health("core-data", "1"), 1);
}

/** Exit code of a service's health check; the program is the image's Node, and $$ is Docker Compose's escape. */
function health(key: string, port: string): number | null {
  const check = services.find(([name]) => name === key)?.[1].healthcheck as { test: readonly string[] };
  const [kind, program, ...args] = check.test.map((word) => word.replaceAll("$$", "$"));
  assert.deepEqual([kind, program], ["CMD", "/opt/jx-edge/bin/node"]);
  return spawnSync(process.execPath, args, { env: { SERVICE_PORT: port } }).status;
}

async function registered(apart: Apart, keys: readonly string[]): Promise<void> {
  await until("all are up", async () => {
    const url = `${apart.api("core-keeper")}/registry/all`;
    const { registrations } = await askJson<{ registrations: readonly { serviceId: string; status: string }[] }>(url);
    const up = registrations.filter(({ status }) => status === "UP").map(({ serviceId }) => serviceId);
    return keys.every((key) => key === "core-keeper" || up.includes(key));
  });
}

async function withoutStore(apart: Apart): Promise<string[]> {
  const { door, headers } = gateway(apart);
  const { services } = await askJson<SystemOverview>(`${door}/api/v3/system`, { headers });
  return services.filter(({ storeAway }) => storeAway === true).map(({ serviceId }) => serviceId);
}

function gateway(apart: Apart): { readonly door: string; readonly headers: { readonly authorization: string } } {
  const { token } = JSON.parse(readFileSync(join(apart.folder("gateway"), "run.json"), "utf8")) as { token: string };
  return { door: new URL(apart.api("gateway")).origin, headers: { authorization: `Bearer ${token}` } };
}

async function throughGateway(apart: Apart): Promise<void> {
  const { door, headers } = gateway(apart);
  for (const path of [
    "core-data/api/v3/event/count",
    "core-metadata/api/v3/device/all",
    "core-command/api/v3/device/all",
    "rules/api/v3/rule/all",
  ]) {
    await askJson(`${door}/${path}`, { headers });
  }
  // Live values come over the bus.
  assert.match((await ask(`${door}/metrics`, { headers })).text, /^jx_mqtt_connected 1$/m);
}

async function withoutThem(apart: Apart, running: Map<string, ServiceProcess>): Promise<void> {
  for (const key of ["core-metadata", "core-keeper"]) await running.get(key)?.stop();
  await grows(apart);
  for (const key of ["core-keeper", "core-metadata"]) running.set(key, await apart.start(key));
}

async function grows(apart: Apart): Promise<void> {
  const count = async (): Promise<number> =>
    (await askJson<{ count: number }>(`${apart.api("core-data")}/event/count/device/name/own-device`)).count;
  const before = await count();
  await until("events are stored", async () => (await count()) > before + 20);
}

function post(apart: Apart): Promise<{ status: number; text: string }> {
  const names = { deviceName: "posted", profileName: "own-profile" };
  const origin = 1795506528172965216n.toString();
  const reading = { ...names, resourceName: "Level", valueType: "Float64", value: "1", origin: 1 };
  const event = {
    apiVersion: "v3",
    id: crypto.randomUUID(),
    ...names,
    sourceName: "Level",
    origin: 1,
    readings: [reading],
  };
  const body = JSON.stringify({ apiVersion: "v3", event }).replaceAll('"origin":1', `"origin":${origin}`);
  return ask(`${apart.api("core-data")}/event/device-virtual/own-profile/posted/Level`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
}
