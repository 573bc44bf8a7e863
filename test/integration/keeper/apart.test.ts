/** Our services, each in a process of its own, with one address given: that of our keeper in another process. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { refusedStart, startServiceProcess, temporaryFolder } from "../../support/edge-process.ts";
import { freePort } from "../../support/free-port.ts";
import { ask, askJson } from "../../support/http.ts";
import { until } from "../../support/wait.ts";
import { missing, startMosquitto } from "../mqtt/mosquitto.ts";

interface Registered {
  readonly registrations: readonly { serviceId: string; status: string }[];
}

test("registry, settings and bus by --keeper alone; a setting common to all reaches every process", {
  skip: missing(),
}, async (t) => {
  await using broker = await startMosquitto();
  const ports = { keeper: await freePort(), metadata: await freePort(), command: await freePort() };
  const api = (service: keyof typeof ports) => `http://127.0.0.1:${ports[service]}/api/v3`;
  const start = (service: keyof typeof ports, args: readonly string[]) =>
    startServiceProcess(t, `core-${service}`, {
      args,
      env: { [`CORE_${service.toUpperCase()}_SERVICE_PORT`]: String(ports[service]) },
    });
  const keeper = await start("keeper", ["--mqtt-broker", `127.0.0.1:${broker.port}`]);
  const at = ["--keeper", `http://127.0.0.1:${ports.keeper}`];
  // Command before metadata: whoever comes later is found when it is needed.
  const command = await start("command", at);
  assert.equal((await ask(`${api("command")}/device/all`)).status, 503);
  const metadata = await start("metadata", at);
  await until("command finds metadata", async () => (await ask(`${api("command")}/device/all`)).status === 200);

  const { registrations } = await askJson<Registered>(`${api("keeper")}/registry/all`);
  const up = registrations.filter(({ status }) => status === "UP").map(({ serviceId }) => serviceId);
  assert.deepEqual(up.sort(), ["core-command", "core-metadata"]);

  const limit = "edgex/v4/core-common-config-bootstrapper/all-services/Writable/Telemetry/Interval";
  const put = (key: string, value: string) =>
    ask(`${api("keeper")}/kvs/key/${key}`, { method: "PUT", body: { value } });
  const interval = async (service: "metadata" | "command") => {
    const { config } = await askJson<{ config: { Writable: { Telemetry: { Interval: string } } } }>(
      `${api(service)}/config`,
    );
    return config.Writable.Telemetry.Interval;
  };
  assert.equal((await put(limit, "11s")).status, 200);
  for (const service of ["metadata", "command"] as const)
    await until(`${service} has it`, async () => (await interval(service)) === "11s", 1_000);

  await metadata.stop();
  const ended = await askJson<Registered>(`${api("keeper")}/registry/all?deregistered=true`);
  assert.equal(ended.registrations.find(({ serviceId }) => serviceId === "core-metadata")?.status, "HALT");
  await command.stop();
  await keeper.stop();
});

test("no keeper at the address: what it waited for and how to wait longer", async (t) => {
  const address = `http://127.0.0.1:${await freePort()}`;
  const { code, output } = await refusedStart(t, temporaryFolder(t), {
    args: ["--only", "core-data", "--keeper", address],
    env: { EDGEX_STARTUP_DURATION: "1" },
  });
  assert.equal(code, 1);
  assert.match(output, new RegExp(`waits for core-keeper at ${address}: connect ECONNREFUSED .*; up to 1 s`));
  assert.match(output, new RegExp(`waited 1 s for core-keeper at ${address}.*EDGEX_STARTUP_DURATION=N`));
});

test("a service without keeper takes what all share from EdgeX's file", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "common.yaml");
  writeFileSync(
    file,
    "all-services:\n  Service: { MaxResultCount: 33 }\ndevice-services:\n  Device: { MaxCmdOps: 9 }\n",
  );
  const port = await freePort();
  const data = await startServiceProcess(t, "core-data", {
    env: { EDGEX_COMMON_CONFIG: file, CORE_DATA_SERVICE_PORT: String(port) },
    args: ["--no-broker"],
  });
  const url = `http://127.0.0.1:${port}/api/v3`;
  const { config } = await askJson<{ config: { Service: { MaxResultCount: number } } }>(`${url}/config`);
  assert.equal(config.Service.MaxResultCount, 33);
  const secret = { apiVersion: "v3", secretName: "s", secretData: [{ key: "k", value: "v" }] };
  assert.equal((await ask(`${url}/secret`, { body: secret })).status, 405);
  await data.stop();
});
