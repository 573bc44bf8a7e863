/** Cases: edgex-configuration.md §3, seen on EdgeX's Go keeper. More of them beside the code, in edge/core-keeper. */
import assert from "node:assert/strict";
import { type KeyValue, keeperOperations } from "@jx/contracts";
import { contract, refusal } from "./suite.ts";

const registration = {
  serviceId: "kp-svc",
  host: "localhost",
  port: 59899,
  HealthCheck: { interval: "10s", path: "/api/v3/ping", type: "http" },
};
const BAD_KEY = "400 key only allows characters between a to z, A to Z, 0 to 9, or one of -_ ~;=./%";

const setup = {
  service: "core-keeper",
  table: keeperOperations,
  services: ["core-keeper"],
  fromText: ["allRegistrations 400"],
} as const;

contract(setup, [
  [
    "a key: put, got in three forms, found by prefix, deleted",
    async ({ client }) => {
      assert.deepEqual(await client.putKey({ key: "kp-1/a", body: { value: "hello" } }), { response: ["kp-1/a"] });
      const { response } = await client.getKey({ key: "kp-1/a" });
      const [row] = response as KeyValue[];
      assert.equal(row?.value, "aGVsbG8=");
      assert.ok(Math.abs(Date.now() - (row?.Created ?? 0)) < 60_000, "Created is in ms");
      const plain = (await client.getKey({ key: "kp-1", plaintext: true })).response as KeyValue[];
      assert.equal(plain[0]?.value, "hello");
      assert.deepEqual(await client.getKey({ key: "kp-1", keyOnly: true }), { response: ["kp-1/a"] });
      assert.equal(
        await refusal(client.deleteKey({ key: "kp-1" })),
        "409 keys having the same prefix kp-1 exist and cannot be deleted",
      );
      assert.deepEqual(await client.deleteKey({ key: "kp-1", prefixMatch: true }), { response: ["kp-1/a"] });
      assert.equal(await refusal(client.getKey({ key: "kp-1/a" })), "404 no key starting with 'kp-1/a' found");
      assert.equal(await refusal(client.deleteKey({ key: "kp-1/a" })), "404 key 'kp-1/a' not found");
    },
  ],
  [
    "an object is spread over keys with flatten",
    async ({ client }) => {
      const value = { LogLevel: "INFO", Telemetry: { Interval: "30s", Tags: {} } };
      const { response } = await client.putKey({ key: "kp-2", flatten: true, body: { value } });
      assert.deepEqual(response, ["kp-2/LogLevel", "kp-2/Telemetry/Interval"]);
    },
  ],
  [
    "what is no key and what is no value is refused",
    async ({ client }) => {
      assert.equal(await refusal(client.getKey({ key: "键" })), BAD_KEY);
      assert.equal(await refusal(client.putKey({ key: "a b", body: { value: "x" } })), BAD_KEY);
      assert.equal(await refusal(client.deleteKey({ key: "a?" })), BAD_KEY);
      assert.equal(await refusal(client.putKey({ key: "k", body: {} })), "400 the value field is undefined");
    },
  ],
  [
    "a service: registered once, changed, listed, gone",
    async ({ client }) => {
      const body = { registration };
      assert.deepEqual(await client.register({ body }), { serviceName: "kp-svc" });
      assert.equal(await refusal(client.register({ body })), "409 registry with service id 'kp-svc' already exists");
      await client.updateRegistration({ body: { registration: { ...registration, status: "HALT" } } });
      assert.equal((await client.registrationById({ serviceId: "kp-svc" })).registration.status, "HALT");
      assert.equal((await client.allRegistrations({})).totalCount, 0, "who has said goodbye is hidden");
      assert.equal((await client.allRegistrations({ deregistered: true })).totalCount, 1);
      await client.deregister({ serviceId: "kp-svc" });
      assert.equal(
        await refusal(client.deregister({ serviceId: "kp-svc" })),
        "404 service id 'kp-svc' not found from registry table",
      );
      assert.equal(
        await refusal(client.registrationById({ serviceId: "kp-svc" })),
        "404 registration not found by serviceId",
      );
      assert.equal(
        await refusal(client.updateRegistration({ body })),
        "404 service id 'kp-svc' not found from registry table",
      );
    },
  ],
  [
    "a query that is no boolean",
    async ({ client, transport }) => {
      if (transport === "in process") return;
      assert.equal(
        await refusal(client.allRegistrations({ deregistered: "x" as unknown as boolean })),
        '400 failed to parse querystring deregistered into bool. Error:strconv.ParseBool: parsing "x": invalid syntax',
      );
    },
  ],
  [
    "a registration without what is required is refused with every reason",
    async ({ client }) => {
      const broken = {
        registration: { ...registration, host: "", HealthCheck: { ...registration.HealthCheck, interval: "" } },
      };
      const text =
        "400 AddRegistrationRequest.Registration.Host field is required; AddRegistrationRequest.Registration.HealthCheck.Interval field is required";
      assert.equal(await refusal(client.register({ body: broken })), text);
      assert.equal(await refusal(client.updateRegistration({ body: broken })), text);
    },
  ],
]);
