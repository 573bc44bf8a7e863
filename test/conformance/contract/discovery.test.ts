/** What takes a setting, or a driver without discovery, beside the contract's steps: edgex-device-sdk.md §2, §7. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal, until } from "@jx/conformance";
import { deviceOperations, metadataOperations } from "@jx/contracts";
import { httpClient } from "@jx/runtime";
import { startHosted } from "../../support/hosted.ts";
import { ask } from "../../support/http.ts";

const ID = "11111111-2222-4333-8444-555555555555";

test("POST /discovery: 202, and what a watcher wants is added; only the right id stops it", async () => {
  await using hosted = await startHosted({
    services: ["core-keeper", "core-metadata", "device-virtual"],
    environment: { DEVICE_VIRTUAL_DEVICE_DISCOVERY_ENABLED: "true" },
  });
  const metadata = hosted.host.clients.of("core-metadata", metadataOperations);
  const found = async (): Promise<string[]> => {
    const { devices } = await metadata.devicesByService({ name: "device-virtual", offset: 0, limit: 20 });
    return devices.map(({ name }) => name).sort();
  };
  const discoveredDevice = { adminState: "UNLOCKED" as const };
  const watcher = {
    name: "tanks",
    serviceName: "device-virtual",
    identifiers: { Kind: "(?i)TANK" },
    blockingIdentifiers: { Address: ["simulated-tank-2"] },
    adminState: "UNLOCKED" as const,
    discoveredDevice,
  };
  const [item] = await metadata.addWatchers({ body: [{ provisionWatcher: watcher }] });
  assert.equal(item?.statusCode, 201, item?.message);
  const url = hosted.url("device-virtual");
  const headers = { "x-correlation-id": ID };
  const post = (): Promise<string> =>
    ask(`${url}/discovery`, { method: "POST", headers }).then(({ status, text }) => `${status} ${text}`);
  const body = `"requestId":"${ID}","message":"Device Discovery is triggered."`;
  assert.equal(await post(), `202 {"apiVersion":"v3","statusCode":202,${body}}`);
  const other = await ask(`${url}/discovery/requestId/other`, { method: "DELETE" });
  const why = "There is no auto discovery process running with the requestId";
  // device-sdk-go internal/controller/http/discovery.go: the id of the path stands in the refusal, too.
  assert.equal(other.text, `{"apiVersion":"v3","requestId":"other","message":"${why}","statusCode":404}`);
  await until("the devices that are not blocked", async () => (await found()).length === 2);
  assert.deepEqual(await found(), ["Simulated-Tank-1", "Simulated-Tank-3"]);

  const client = httpClient(deviceOperations, { baseUrl: url, timeoutMs: 10_000, newId: () => ID });
  assert.deepEqual(await client.discover({}), { requestId: ID, message: "Device Discovery is triggered." });
  assert.deepEqual(await client.stopDiscoveryById({ requestId: ID }), { requestId: ID });
  assert.deepEqual(await client.stopDiscovery({}), {});
});

test("a driver that neither discovers nor scans: 501", async () => {
  await using hosted = await startHosted({
    services: ["core-keeper", "core-metadata", "device-modbus"],
    environment: { DEVICE_MODBUS_DEVICE_DISCOVERY_ENABLED: "true" },
  });
  const baseUrl = hosted.url("device-modbus");
  const client = httpClient(deviceOperations, { baseUrl, timeoutMs: 10_000, newId: () => ID });
  assert.equal(await refusal(client.discover({})), "501 Device discovery is not implemented");
  assert.equal(await refusal(client.stopDiscovery({})), "501 Stop device discovery is not implemented");
  assert.equal(
    await refusal(client.stopDiscoveryById({ requestId: ID })),
    "501 Stop device discovery is not implemented",
  );
  assert.equal(await refusal(client.scanProfile({ body: { deviceName: "x" } })), "501 Profile scan is not implemented");
  assert.equal(await refusal(client.stopScan({ name: "x" })), "501 Stop profile scan is not implemented");
});

test("a body that is none: 400 with EdgeX's words in front, after 501 and 423, before the device is looked at", async () => {
  await using hosted = await startHosted({
    services: ["core-keeper", "core-metadata", "device-virtual", "device-modbus"],
  });
  const send = async (service: "device-virtual" | "device-modbus", path: string, method: string, body: string) => {
    const { status, text } = await ask(hosted.url(service) + path, { method, body });
    return `${status} ${(JSON.parse(text) as { message: string }).message}`;
  };
  const broken = "invalid character 'x' looking for beginning of value";
  const words = "400 failed to parse request body";
  assert.equal(await send("device-virtual", "/profilescan", "POST", "x"), `${words} -> ${broken}`);
  assert.equal(await send("device-virtual", "/profilescan", "POST", ""), `${words} -> EOF`);
  assert.equal(
    await send("device-virtual", "/profilescan", "POST", '{"deviceName":"d"}'),
    `${words} -> ProfileScanRequest.BaseRequest.Versionable.ApiVersion field is required`,
  );
  assert.equal(await send("device-modbus", "/profilescan", "POST", "x"), "501 Profile scan is not implemented");
  // device-sdk-go sends every refusal of a scan without the request's id (sendEdgexError).
  const known = { apiVersion: "v3", requestId: ID, deviceName: "d" };
  const { text } = await ask(`${hosted.url("device-virtual")}/profilescan`, { method: "POST", body: known });
  assert.equal(text, '{"apiVersion":"v3","message":"device d not found","statusCode":404}');
  assert.equal(await send("device-virtual", "/device/name/x/y", "PUT", "x"), `${words} -> ${broken}`);
  assert.equal(await send("device-virtual", "/device/name/x/y", "PUT", "[]"), words);
  const metadata = hosted.host.clients.of("core-metadata", metadataOperations);
  await metadata.updateServices({ body: [{ service: { name: "device-virtual", adminState: "LOCKED" } }] });
  await until("the lock", async () => (await send("device-virtual", "/profilescan", "POST", "x")).startsWith("423"));
});
