/** The one public door: status, health, configuration, the services behind it, metrics, pages, and the live stream. */
import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";
import { type EdgeProcess, startEdgeProcess } from "../../support/edge-process.ts";
import { ask, askJson } from "../../support/http.ts";
import { addOwnDevice } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";

test("the gateway", async (t) => {
  const env = { CORE_DATA_RETENTION_DEFAULTDURATION: "24h" };
  const edge = await startEdgeProcess(t, { env });
  await addOwnDevice(edge);

  await t.test("status tells what runs and where things lie", async () => {
    const status = await edge.status();
    assert.equal(status.pid, edge.child.pid);
    assert.equal(status.paths.data, edge.data);
    assert.deepEqual(status.services.map(({ key }) => key).sort(), [
      "core-command",
      "core-data",
      "core-keeper",
      "core-metadata",
      "device-modbus",
      "device-virtual",
      "gateway",
      "rules",
    ]);
    assert.ok(status.rssBytes > 1e7 && status.disk.freeBytes > 0 && status.broker !== undefined);
  });

  await t.test("health of the user's device", async () => {
    const health = await until("own-device is ok", async () => {
      const { devices } = await askJson<{ devices: { deviceName: string; state: string; serviceName: string }[] }>(
        `${edge.url}/api/v3/health`,
      );
      return devices.find(({ deviceName, state }) => deviceName === "own-device" && state === "ok");
    });
    assert.equal(health.serviceName, "device-virtual");
  });

  await t.test("each setting says where it comes from", async () => {
    const { values } = await askJson<{ values: { service: string; key: string; value: string; origin: string }[] }>(
      `${edge.url}/api/v3/config/origin`,
    );
    const of = (service: string, key: string) => {
      const found = values.find((each) => each.service === service && each.key === key);
      return [found?.value, found?.origin];
    };
    assert.deepEqual(of("core-data", "Retention/DefaultDuration"), ["24h", "environment"]);
    assert.deepEqual(of("core-data", "Writable/PersistData"), ["true", "default"]);
    assert.deepEqual(of("gateway", "Service/Port"), ["0", "flag"]);
  });

  await t.test("every service stands behind it, under EdgeX's gateway paths", async () => {
    for (const [service, path] of [
      ["core-keeper", "/registry/all"],
      ["core-metadata", "/device/name/own-device"],
      ["core-data", "/event/count/device/name/nobody"],
      ["core-command", "/device/name/own-device"],
      ["rules", "/rule/all"],
    ] as const) {
      const through = await ask(`${edge.url}/${service}/api/v3${path}`);
      const direct = await ask(edge.api(service) + path);
      assert.equal(through.status, 200, `${service}: ${through.text}`);
      assert.equal(through.text.length > 0, direct.text.length > 0);
    }
    const same = "/device/name/own-device";
    const direct = await ask(edge.api("core-metadata") + same);
    assert.equal((await ask(`${edge.url}/core-metadata/api/v3${same}`)).text, direct.text, "to the letter");
    const missing = await ask(`${edge.url}/core-metadata/api/v3/device/name/X`);
    assert.deepEqual(
      [missing.status, missing.text],
      [404, (await ask(`${edge.api("core-metadata")}/device/name/X`)).text],
    );
    const written = await ask(`${edge.url}/core-command/api/v3/device/name/own-device/Level`, {
      method: "PUT",
      body: { Level: "6.5" },
    });
    assert.equal(written.status, 200, written.text);
  });

  await t.test("metrics are Prometheus text", async () => {
    const { text } = await ask(`${edge.url}/metrics`);
    for (const name of ["jx_core_data_events_stored_total", "jx_bus_dropped_total"]) {
      assert.match(text, new RegExp(`^# HELP ${name} .+\\n# TYPE ${name} \\w+\\n${name}.* \\d`, "m"));
    }
  });

  await t.test("the live stream brings values with 64-bit times as text", () => liveReadings(edge));

  await t.test("the demo is off and says so", async () => {
    const demo = await askJson<{ on: boolean; plant: { running: boolean } }>(`${edge.url}/api/v3/demo`);
    assert.deepEqual([demo.on, demo.plant.running], [false, false]);
    const fault = await ask(`${edge.url}/api/v3/demo/fault`, { body: { fault: "overheat", pump: 1 } });
    assert.equal(fault.status, 503);
    assert.match(fault.text, /jx demo on/);
  });
  await edge.stop();
});

async function liveReadings(edge: EdgeProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = get(`${edge.url}/api/v3/live`, { agent: false }, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const found = /event: readings\ndata: (\[\{.*"own-device".*\}\])\n\n/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    response.on("error", reject);
  });
  request.on("error", reject);
  request.setTimeout(10_000, () => reject(new Error("the stream is silent")));
  const readings = JSON.parse(await promise) as { device: string; resource: string; origin: string; units: string }[];
  request.destroy();
  const level = readings.find(({ device, resource }) => device === "own-device" && resource === "Level");
  assert.match(level?.origin ?? "", /^\d{19}$/);
  assert.equal(level?.units, "m");
}
