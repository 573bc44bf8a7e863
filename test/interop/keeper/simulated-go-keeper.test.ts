/**
 * Our services at a keeper that is not ours: what they ask it, what they leave there, and that a change of it is in
 * force within a second. The keeper is simulated, transcribed from what EdgeX's answers (simulated-go-keeper.ts), the broker is Mosquitto.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { missing, publish, startMosquitto, subscribe } from "../../integration/mqtt/mosquitto.ts";
import { startServiceProcess } from "../../support/edge-process.ts";
import { freePort } from "../../support/free-port.ts";
import { ask, askJson } from "../../support/http.ts";
import { until } from "../../support/wait.ts";
import { commonKeys, type SimulatedGoKeeper, startSimulatedGoKeeper } from "./simulated-go-keeper.ts";

const COMMON = "edgex/v4/core-common-config-bootstrapper";
const skip = missing();

interface Config {
  readonly config: {
    readonly Writable: { LogLevel: string; Telemetry: { Interval: string }; InsecureSecrets: object };
    readonly Service: { MaxResultCount: number; RequestTimeout: string };
    readonly MessageBus: { Port: number };
    readonly Device?: { MaxCmdOps: number };
  };
}

async function place(seed: Readonly<Record<string, string>> = {}) {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startMosquitto());
  const keeper = stack.use(
    await startSimulatedGoKeeper((topic, text) => publish(broker.port, topic, text), {
      ...commonKeys(broker),
      ...seed,
    }),
  );
  const running = stack.move();
  return { broker, keeper, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function start(
  t: TestContext,
  keeper: SimulatedGoKeeper,
  service: string,
  env: Readonly<Record<string, string>> = {},
) {
  const port = await freePort();
  const name = service.replaceAll("-", "_").toUpperCase();
  const running = await startServiceProcess(t, service, {
    env: { EDGEX_CONFIG_PROVIDER: `keeper.${keeper.address}`, [`${name}_SERVICE_PORT`]: String(port), ...env },
  });
  const url = `http://127.0.0.1:${port}/api/v3`;
  return { ...running, url, port, config: async () => (await askJson<Config>(`${url}/config`)).config };
}

test("core data takes settings, bus and registry from an EdgeX keeper", { skip }, async (t) => {
  await using at = await place({
    [`${COMMON}/all-services/Service/MaxResultCount`]: "77",
    [`${COMMON}/all-services/Service/RequestTimeout`]: "6s",
    "edgex/v4/core-data/Service/RequestTimeout": "7s",
    "edgex/v4/core-data/Database/MaxConns": "4", // the Go service left it; we have no use for it
  });
  const { keeper, broker } = at;
  await using bus = await subscribe(broker.port, "edgex/#");
  const data = await start(t, keeper, "core-data");
  const { Service, MessageBus } = await data.config();
  assert.deepEqual([Service.MaxResultCount, Service.RequestTimeout, MessageBus.Port], [77, "7s", broker.port]);

  await t.test("it leaves its own keys, and none of what all share or how it listens", () => {
    const own = [...keeper.rows.keys()].filter((key) => key.startsWith("edgex/v4/core-data/"));
    const has = (key: string) => own.includes(`edgex/v4/core-data/${key}`);
    assert.ok(
      has("Writable/LogLevel") && has("Writable/PersistData") && has("Service/Port") && has("Database/MaxConns"),
    );
    for (const key of [
      "Service/MaxResultCount",
      "Service/ServerBindAddr",
      "MessageBus/Host",
      "Writable/Telemetry/Interval",
    ])
      assert.equal(has(key), false, key);
    assert.equal(keeper.rows.get("edgex/v4/core-data/Service/RequestTimeout")?.value, "7s");
  });

  await t.test("it is registered, with a capital H", () => {
    const { serviceId, host, port, HealthCheck } = keeper.registrations.get("core-data") ?? {};
    assert.deepEqual(
      { serviceId, host, port, HealthCheck },
      {
        serviceId: "core-data",
        host: "localhost",
        port: data.port,
        HealthCheck: { interval: "10s", path: "/api/v3/ping", type: "http" },
      },
    );
  });

  const within = (what: string, check: () => Promise<boolean>) => until(what, check, 1_000);
  await t.test("a change is in force within a second: its own, a common one, and back", async () => {
    await until("the bus carries notices", async () => {
      await keeper.put("edgex/v4/core-data/Writable/LogLevel", "WARN");
      return (await data.config()).Writable.LogLevel === "WARN";
    });
    await keeper.put("edgex/v4/core-data/Writable/LogLevel", "DEBUG");
    await within("DEBUG", async () => (await data.config()).Writable.LogLevel === "DEBUG");
    await keeper.put(`${COMMON}/all-services/Writable/Telemetry/Interval`, "200ms");
    await within("200ms", async () => (await data.config()).Writable.Telemetry.Interval === "200ms");
    await keeper.put("edgex/v4/core-data/Writable/Telemetry/Interval", "300ms");
    await within("private over common", async () => (await data.config()).Writable.Telemetry.Interval === "300ms");
    await keeper.remove("edgex/v4/core-data/Writable/Telemetry/Interval");
    await within("common again", async () => (await data.config()).Writable.Telemetry.Interval === "200ms");
  });

  await t.test("a secret lands in keeper and is counted in a metric that is turned on while it runs", async () => {
    const body = { apiVersion: "v3", secretName: "s", secretData: [{ key: "k", value: "v" }] };
    assert.equal((await ask(`${data.url}/secret`, { body })).status, 201);
    assert.equal(keeper.rows.get("edgex/v4/core-data/Writable/InsecureSecrets/s/SecretData/k")?.value, "v");
    await keeper.put(`${COMMON}/all-services/Writable/Telemetry/Metrics/SecuritySecretsStored`, "true");
    const topic = "edgex/telemetry/core-data/SecuritySecretsStored";
    await until("the metric is told", () => bus.got.some((message) => message.topic === topic));
    const { payload } = JSON.parse(bus.got.find((message) => message.topic === topic)?.payload ?? "{}") as {
      payload: { fields: { name: string; value: number }[]; tags: unknown };
    };
    assert.equal(payload.fields[0]?.name, "counter-count");
    assert.ok((payload.fields[0]?.value ?? 0) >= 1, JSON.stringify(payload));
    assert.deepEqual(payload.tags, [{ name: "service", value: "core-data" }]);
  });

  await t.test("when it ends, the registry is told, and its keys stay", async () => {
    await data.stop();
    assert.equal(keeper.registrations.get("core-data")?.["status"], "HALT");
    assert.ok(keeper.rows.has("edgex/v4/core-data/Writable/LogLevel"));
  });
});

test("a device service reads the section of its kind", { skip }, async (t) => {
  await using at = await place({ [`${COMMON}/device-services/Device/MaxCmdOps`]: "128" });
  const device = await start(t, at.keeper, "device-virtual");
  assert.equal((await device.config()).Device?.MaxCmdOps, 128);
  assert.equal(at.keeper.rows.has("edgex/v4/device-virtual/Device/MaxCmdOps"), false);
  await device.stop();
});

test("a base topic other than edgex", { skip }, async (t) => {
  await using at = await place({ [`${COMMON}/all-services/MessageBus/BaseTopicPrefix`]: "plant/7" });
  await using bus = await subscribe(at.broker.port, "plant/7/#");
  const data = await start(t, at.keeper, "core-data");
  await until("notices of keeper come under edgex/configs all the same", async () => {
    await at.keeper.put("edgex/v4/core-data/Writable/Telemetry/Interval", "200ms");
    await at.keeper.put("edgex/v4/core-data/Writable/Telemetry/Metrics/SecuritySecretsStored", "true");
    return (await data.config()).Writable.Telemetry.Interval === "200ms";
  });
  await until("metrics go out under the base", () =>
    bus.got.some(({ topic }) => topic === "plant/7/telemetry/core-data/SecuritySecretsStored"),
  );
  await data.stop();
});

test("it says what it waits for, and starts when that is there", { skip }, async (t) => {
  await using at = await place({ [`${COMMON}/IsCommonConfigReady`]: "false" });
  let up = false;
  const starting = start(t, at.keeper, "core-data").then((data) => {
    up = true;
    return data;
  });
  await until("it has asked twice", () => {
    const asked = at.keeper.requests.filter((request) => request.includes("IsCommonConfigReady"));
    return asked.length >= 2;
  });
  assert.equal(up, false);
  assert.equal(
    at.keeper.requests.some((request) => request.startsWith("PUT")),
    false,
    "nothing is written before",
  );
  await at.keeper.put(`${COMMON}/IsCommonConfigReady`, "true");
  const data = await starting;
  assert.match(data.output(), /waits for the common configuration in core-keeper at http:\/\/127\.0\.0\.1:\d+.* …/);
  await data.stop();
});
