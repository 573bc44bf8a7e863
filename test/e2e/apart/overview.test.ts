/** Services that run apart, seen as one: from the gateway, from the ports of each, and from a data folder without gateway. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { SystemOverview, SystemStatus } from "@jx/contracts";
import { startMosquitto, missing as withoutMosquitto } from "../../integration/mqtt/mosquitto.ts";
import { type Apart, planApart } from "../../support/apart.ts";
import { ask, askJson } from "../../support/http.ts";
import { addOwnDevice } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";

const SERVICES = ["core-keeper", "core-metadata", "core-data", "device-virtual", "gateway"] as const;
const JX = join(import.meta.dirname, "../../../apps/cli/src/main.ts");

async function jx(data: string, ...args: readonly string[]): Promise<{ exit: number; out: string }> {
  const child = spawn(process.execPath, [JX, ...args, "--data", data], { env: { ...process.env, JX_LANG: "en" } });
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { exit: exit as number, out: out + err };
}

test("services apart, seen from the gateway and one by one", {
  skip: withoutMosquitto(),
  timeout: 300_000,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker[Symbol.asyncDispose]());
  const apart = await planApart(t, { brokerPort: broker.port, services: SERVICES });
  await Promise.all(SERVICES.map((key) => apart.start(key)));
  await addOwnDevice(apart);
  await t.test("what waits and was dropped in each process stands in the overview, and at its ports", () =>
    counted(apart, async () => broker[Symbol.asyncDispose]()),
  );
  await t.test("jx status and jx doctor show it", () => shown(apart));
  await t.test("jx config show has the settings of services elsewhere", () => settings(apart));
  await t.test("jx doctor finds a service without a gateway well", () => alone(apart));
});

async function counted(apart: Apart, withoutBroker: () => Promise<void>): Promise<void> {
  const { token, url } = runFile(apart);
  const headers = { authorization: `Bearer ${token}` };
  const system = () => askJson<SystemOverview>(`${url}/api/v3/system`, { headers });
  await until("the processes of the others are in the overview", async () => {
    const seen = new Set((await system()).queues.map(({ elsewhere }) => elsewhere));
    return ["core-metadata", "core-data", "device-virtual"].every((key) => seen.has(key));
  });
  await withoutBroker();
  const drop = await until("losses of the device service are told", async () =>
    (await system()).drops.find(
      ({ kind, elsewhere, count }) => kind === "mirror" && elsewhere === "device-virtual" && count > 0,
    ),
  );
  const metrics = await ask(`${new URL(apart.api("device-virtual")).origin}/metrics`);
  assert.equal(metrics.status, 200);
  const figures = [...metrics.text.matchAll(/^jx_mqtt_dropped_total\{.*\} (\d+)$/gm)].map(([, n]) => Number(n));
  assert.ok(figures.reduce((sum, n) => sum + n, 0) >= drop.count, metrics.text);
  assert.equal((await askJson<SystemStatus>(`${url}/api/v3/status`, { headers })).store, undefined);
}

async function shown(apart: Apart): Promise<void> {
  const status = await jx(apart.folder("gateway"), "status");
  assert.match(status.out, /messages of the MQTT mirror +\S.* @ device-virtual/);
  assert.match(status.out, /^Store +none in this process$/m);
  const doctor = await jx(apart.folder("gateway"), "doctor");
  assert.match(doctor.out, /^! dropped \d+: messages of the MQTT mirror \(.* @ device-virtual\)$/m);
}

async function settings(apart: Apart): Promise<void> {
  const { exit, out } = await jx(apart.folder("gateway"), "config", "show", "core-data");
  assert.equal(exit, 0, out);
  assert.match(out, /^core-data\/Writable\//m);
}

async function alone(apart: Apart): Promise<void> {
  const data = apart.folder("core-data");
  const { exit, out } = await jx(data, "doctor");
  assert.match(out, /^✓ core-data \S+ runs here without a gateway/m);
  assert.match(out, /^✓ service core-data {2}UP/m);
  assert.doesNotMatch(out, /does not answer|kill \d|is taken by/);
  assert.equal(exit, 0, out);
  const zh = await jx(data, "doctor", "--lang", "zh");
  assert.doesNotMatch(zh.out, /process \d/);
  if (process.platform === "linux") assert.match(zh.out, /进程 \d/);
}

function runFile(apart: Apart): { readonly token: string; readonly url: string } {
  return JSON.parse(readFileSync(join(apart.folder("gateway"), "run.json"), "utf8")) as { token: string; url: string };
}
