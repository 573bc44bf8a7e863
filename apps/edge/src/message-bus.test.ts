/** Settings and their words: edgex-configuration.md §1, MessageBus; go-mod-messaging's AuthMode names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommonConfig, Hosted } from "@jx/runtime";
import { baseTopic, messageBus } from "./message-bus.ts";

const SETTINGS: CommonConfig["MessageBus"] = {
  Protocol: "mqtt",
  Host: "broker",
  Port: 1884,
  Type: "mqtt",
  AuthMode: "none",
  SecretName: "mqtt-bus",
  BaseTopicPrefix: "plant",
  OptimizeEvents: false,
  EventsInCbor: false,
};

function running(change: Partial<typeof SETTINGS>, secret?: Readonly<Record<string, string>>) {
  const service = (key: string, MessageBus: typeof SETTINGS) => ({
    key,
    config: { common: { MessageBus } },
    secrets: {
      find: (name: string) =>
        name === "mqtt-bus" && secret !== undefined ? new Map(Object.entries(secret)) : undefined,
    },
  });
  const services = [
    service("core-keeper", { ...SETTINGS, Host: "keeper's own" }),
    service("core-data", { ...SETTINGS, ...change }),
  ];
  return { services: services as unknown as readonly Hosted[] };
}

test("the bus is where the first service that reads keeper says", () => {
  assert.deepEqual(messageBus(running({})), { host: "broker", port: 1884 });
  assert.equal(baseTopic(running({})), "plant");
  assert.equal(messageBus({ services: [] }), undefined);
});

test("usernamepassword takes both from the secret; without them it says where they belong", () => {
  const login = { username: "u", password: "p" };
  const AuthMode = "usernamepassword";
  assert.deepEqual(messageBus(running({ AuthMode }, login)), { host: "broker", port: 1884, ...login });
  for (const secret of [undefined, { username: "u" }]) {
    assert.throws(
      () => messageBus(running({ AuthMode }, secret)),
      /core-data\/MessageBus\/SecretName is "mqtt-bus"; put username and password under that name/,
    );
  }
});

test("a bus that we do not speak is refused by name", () => {
  assert.throws(
    () => messageBus(running({ Type: "nats-core" })),
    /MessageBus\/Type is "nats-core"; mqtt is the only bus/,
  );
  assert.throws(
    () => messageBus(running({ Protocol: "ssl" })),
    /MessageBus\/Protocol is "ssl"; it should be mqtt or tcp/,
  );
  assert.throws(
    () => messageBus(running({ AuthMode: "clientcert" })),
    /AuthMode is "clientcert"; it should be none or/,
  );
});
