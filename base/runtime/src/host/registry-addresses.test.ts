import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client, KeeperOperations } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { RegistryAddresses } from "./registry-addresses.ts";

const HealthCheck = { interval: "10s", path: "/api/v3/ping", type: "http" };

function setup() {
  const known = new Map<string, { host: string; port: number; status: string }>();
  let asked = 0;
  const registry: Pick<Client<KeeperOperations>, "registrationById"> = {
    async registrationById({ serviceId }) {
      asked += 1;
      const found = known.get(serviceId);
      if (found === undefined) throw new AppError("NotFound", "registration not found by serviceId");
      return { registration: { serviceId, ...found, HealthCheck } };
    },
  };
  const addresses = new RegistryAddresses(() => registry as Client<KeeperOperations>);
  return { known, addresses, asked: () => asked };
}

test("an address is asked for once, until it is forgotten", async () => {
  const { known, addresses, asked } = setup();
  known.set("core-metadata", { host: "fd00::5", port: 59_881, status: "DOWN" });
  const both = [addresses.of("core-metadata"), addresses.of("core-metadata")];
  assert.deepEqual(await Promise.all(both), ["http://[fd00::5]:59881", "http://[fd00::5]:59881"]);
  assert.equal(asked(), 1);
  known.set("core-metadata", { host: "other", port: 1, status: "UP" });
  addresses.forget("core-metadata");
  assert.equal(await addresses.of("core-metadata"), "http://other:1");
});

test("one that is not there, or has said goodbye, is told as such and asked for again", async () => {
  const { known, addresses } = setup();
  await assert.rejects(addresses.of("core-data"), {
    kind: "ServiceUnavailable",
    message: /core-data cannot be reached: core-keeper's registry does not know it/,
  });
  known.set("core-data", { host: "h", port: 2, status: "HALT" });
  await assert.rejects(addresses.of("core-data"), { message: /says that it has ended/ });
  known.set("core-data", { host: "h", port: 2, status: "UNKNOWN" });
  assert.equal(await addresses.of("core-data"), "http://h:2");
});

test("without keeper, or with one that fails, the reason is told", async () => {
  const none = new RegistryAddresses(() => undefined);
  await assert.rejects(none.of("core-data"), {
    kind: "ServiceUnavailable",
    message: /it is not running; see jx status/,
  });
  const failing = { registrationById: () => Promise.reject(new AppError("Timeout", "no answer within 15000 ms")) };
  const addresses = new RegistryAddresses(() => failing as unknown as Client<KeeperOperations>);
  await assert.rejects(addresses.of("core-data"), { message: /registry does not answer: no answer within 15000 ms/ });
});
