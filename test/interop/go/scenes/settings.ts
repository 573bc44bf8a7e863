/** Keeper: the registry, and settings in both directions. */
import assert from "node:assert/strict";
import { askJson } from "../../../support/http.ts";
import { until } from "../../../support/wait.ts";
import { bootstrap, SERVICE_OF } from "../peers.ts";
import { type Edge, type Joined, put, read } from "./joined.ts";

async function statusOf(edge: Edge, serviceId: string): Promise<string> {
  const url = `${edge.api("core-keeper")}/registry/serviceId/${serviceId}`;
  return (await askJson<{ registration: { status: string } }>(url)).registration.status;
}

export async function registered({ edge }: Joined): Promise<void> {
  for (const service of Object.values(SERVICE_OF)) {
    await until(`${service} is up`, async () => (await statusOf(edge, service)) === "UP");
  }
}

export async function saidGoodbye(edge: Edge): Promise<void> {
  for (const service of Object.values(SERVICE_OF)) assert.equal(await statusOf(edge, service), "HALT");
}

async function setting(edge: Edge, key: string): Promise<string> {
  const url = `${edge.api("core-keeper")}/kvs/key/edgex/v4/${key}?plaintext=true`;
  return (await askJson<{ response: readonly { value: string }[] }>(url)).response[0]?.value ?? "";
}

export async function ownSettings({ edge, device }: Joined): Promise<void> {
  assert.equal(await setting(edge, "device-go-peer/Service/Port"), String(device.port));
  assert.equal(await setting(edge, "app-go-peer/Trigger/PublishTopic"), "echo/{devicename}");
}

export async function commonSettings({ edge }: Joined): Promise<void> {
  const keeper = edge.api("core-keeper");
  const key = (name: string): Promise<string> => setting(edge, `core-common-config-bootstrapper/${name}`);
  const values = { "all-services": { Service: { MaxResultCount: 7, Own: "text" } } };
  bootstrap(keeper, values, false);
  assert.equal(await key("all-services/Service/MaxResultCount"), "1024");
  assert.equal(await key("all-services/Service/Own"), "text");
  bootstrap(keeper, values, true);
  assert.equal(await key("all-services/Service/MaxResultCount"), "7");
  assert.equal(await key("IsCommonConfigReady"), "true");
  values["all-services"].Service.MaxResultCount = 1024;
  bootstrap(keeper, values, true);
}

export async function hotReload({ edge, device }: Joined): Promise<void> {
  assert.doesNotMatch(device.output(), /level=DEBUG/);
  await put(edge, "device-go-peer/Writable/LogLevel", "DEBUG");
  await device.says(/Writable configuration has been updated from the Configuration Provider/, 2_000);
  await device.says(/level=DEBUG/, 5_000);
  await put(edge, "device-go-peer/Writable/LogLevel", "INFO");
}

export async function commonHotReload({ edge }: Joined): Promise<void> {
  const units = async (): Promise<unknown> => (await read(edge, "Float32")).units;
  assert.equal(await units(), "m");
  const common = "core-common-config-bootstrapper/device-services/Writable/Reading/ReadingUnits";
  await put(edge, common, "false");
  await until("the units are gone from readings", async () => (await units()) === undefined, 5_000);
  await put(edge, common, "true");
  await until("and back", async () => (await units()) === "m", 5_000);
}
