/**
 * A second device-virtual in a process of its own beside an edge that has the first: edgex-device-sdk.md §1 and
 * device-sdk-go pkg/service/service.go setServiceName, internal/cache/init.go (devices of the instance, provision
 * watchers of the service's own name).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeProcess, startServiceProcess } from "../../support/edge-process.ts";
import { ask, askJson } from "../../support/http.ts";
import { until } from "../../support/wait.ts";

const INSTANCE = "device-virtual_line-2";

test("two instances of a device service have devices of their own and share provision watchers", async (t) => {
  const edge = await startEdgeProcess(t);
  const metadata = edge.api("core-metadata");
  const second = await startServiceProcess(t, "device-virtual", {
    args: ["--keeper", edge.api("core-keeper").replace("/api/v3", "")],
    env: { EDGEX_INSTANCE_NAME: "line-2", SERVICE_PORT: "0", DEVICE_DISCOVERY_ENABLED: "true" },
  });
  const add = async (path: string, item: object): Promise<void> => {
    const [answer] = await askJson<{ statusCode: number; message?: string }[]>(metadata + path, {
      body: [{ apiVersion: "v3", ...item }],
    });
    assert.equal(answer?.statusCode, 201, answer?.message);
  };
  const service = await askJson<{ service: { baseAddress: string } }>(`${metadata}/deviceservice/name/${INSTANCE}`);
  const address = `${service.service.baseAddress}/api/v3`;
  assert.notEqual(address, edge.api("device-virtual"));
  const { serviceName } = await askJson<{ serviceName: string }>(`${address}/version`);
  assert.equal(serviceName, INSTANCE);
  const { response } = await askJson<{ response: string[] }>(
    `${edge.api("core-keeper")}/kvs/key/edgex/v4/${INSTANCE}?keyOnly=true`,
  );
  assert.ok(response.includes(`edgex/v4/${INSTANCE}/Writable/LogLevel`));

  const properties = { valueType: "Int32", readWrite: "R" };
  const attributes = { waveform: "constant", value: 7 };
  await add("/deviceprofile", {
    profile: { name: "P", deviceResources: [{ name: "r", properties, attributes }], deviceCommands: [] },
  });
  const device = (name: string, owner: string) => ({
    device: {
      name,
      serviceName: owner,
      profileName: "P",
      adminState: "UNLOCKED",
      operatingState: "UP",
      protocols: { virtual: { Address: name } },
    },
  });
  // Metadata asks each owner over the bus whether the device is right.
  await add("/device", device("of the first", "device-virtual"));
  await add("/device", device("of the second", INSTANCE));
  for (const name of ["of the first", "of the second"]) {
    const path = `/device/name/${encodeURIComponent(name)}/r`;
    await until(`${name} is read through core command`, async () => {
      const answer = await ask(edge.api("core-command") + path);
      return answer.status === 200 && answer.text.includes('"value":"7"');
    });
    const own = name === "of the second" ? address : edge.api("device-virtual");
    const other = name === "of the second" ? edge.api("device-virtual") : address;
    assert.equal((await ask(own + path)).status, 200);
    assert.equal((await ask(other + path)).status, 404);
  }

  await add("/provisionwatcher", {
    provisionwatcher: {
      name: "tanks",
      serviceName: "device-virtual",
      identifiers: { Kind: "tank" },
      adminState: "UNLOCKED",
      discoveredDevice: { profileName: "P", adminState: "UNLOCKED" },
    },
  });
  await until("the instance has heard of the watcher, and what it finds is its own", async () => {
    await ask(`${address}/discovery`, { method: "POST" });
    const { devices } = await askJson<{ devices: { name: string }[] }>(`${metadata}/device/service/name/${INSTANCE}`);
    return devices.filter(({ name }) => name.startsWith("Simulated-Tank-")).length === 3;
  });
  await second.stop();
  await edge.stop();
});
