/** The keys that EdgeX's bootstrapper leaves in keeper: edgex-configuration.md §1 (seen on a live stack). */
import assert from "node:assert/strict";
import type { KeyValue } from "@jx/contracts";
import { type CommonSources, seedCommonConfig } from "./common-config.ts";
import { contract, type Harness } from "./keeper.fixture.ts";

const ROOT = "edgex/v4/core-common-config-bootstrapper";
const none: CommonSources = { file: new Map(), environment: {} };
const FACTS = {
  keeper: { host: "edge-1", port: 40_890 },
  metadata: { host: "edge-1", port: 40_881 },
  broker: { host: "edge-1", port: 41_883 },
  escapeNames: true,
};

async function kept({ client }: Harness): Promise<ReadonlyMap<string, string>> {
  const { response } = await client.getKey({ key: ROOT, plaintext: true });
  const rows = response as readonly KeyValue[];
  return new Map(rows.map(({ key, value }) => [key.slice(ROOT.length + 1), value]));
}

contract(
  "97 keys: 57 for all, 20 for application, 19 for device services, and the word that they are ready",
  async (start) => {
    const h = await start();
    await seedCommonConfig(h.client, FACTS, none);
    const keys = [...(await kept(h)).keys()];
    const count = (prefix: string): number => keys.filter((key) => key.startsWith(prefix)).length;
    assert.deepEqual(
      [count("all-services/"), count("app-services/"), count("device-services/"), count("IsCommonConfigReady")],
      [57, 20, 19, 1],
    );
  },
);

contract("the facts are those of this start, whatever was kept; everything else stays as it is", async (start) => {
  const h = await start();
  await seedCommonConfig(h.client, {}, none);
  const defaults = await kept(h);
  assert.deepEqual(
    [defaults.get("all-services/MessageBus/Port"), defaults.get("IsCommonConfigReady")],
    ["1883", "true"],
  );
  await h.client.putKey({ key: `${ROOT}/all-services/Service/MaxResultCount`, body: { value: "50" } });
  await seedCommonConfig(h.client, FACTS, none);
  const values = await kept(h);
  assert.equal(values.get("all-services/Service/MaxResultCount"), "50");
  for (const [key, value] of Object.entries({
    "all-services/Registry/Host": "edge-1",
    "all-services/Registry/Port": "40890",
    "all-services/MessageBus/Port": "41883",
    "all-services/Service/EnableNameFieldEscape": "true",
    "app-services/Clients/core-metadata/Port": "40881",
    "device-services/Clients/core-metadata/Host": "edge-1",
  })) {
    assert.equal(values.get(key), value, key);
  }
});

contract("file and environment come before what we know", async (start) => {
  const h = await start();
  await seedCommonConfig(h.client, FACTS, {
    file: new Map([
      ["all-services/MessageBus/Host", "from-file"],
      ["all-services/MessageBus/Port", "1"],
    ]),
    environment: { ALL_SERVICES_MESSAGEBUS_PORT: "2", DEVICE_SERVICES_MAXEVENTSIZE: "9" },
  });
  const values = await kept(h);
  assert.deepEqual(
    ["all-services/MessageBus/Host", "all-services/MessageBus/Port", "device-services/MaxEventSize"].map((key) =>
      values.get(key),
    ),
    ["from-file", "2", "9"],
  );
});

contract("a second start with nothing new writes nothing", async (start) => {
  const h = await start();
  await seedCommonConfig(h.client, FACTS, none);
  assert.equal((await h.notices()).length, 2);
  await seedCommonConfig(h.client, FACTS, none);
  assert.deepEqual(await h.notices(), []);
});
