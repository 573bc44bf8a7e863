import assert from "node:assert/strict";
import { test } from "node:test";
import { Value } from "typebox/value";
import { CommandConfig } from "../config.ts";
import { linkOptions } from "./settings.ts";

const EMPTY = {
  Writable: { InsecureSecrets: { mqtt: { SecretData: {} } } },
  Service: {},
  ExternalMQTT: { Topics: {} },
  ExternalCommand: {},
};

function optionsOf(mqtt: Partial<CommandConfig["ExternalMQTT"]>) {
  const config = Value.Default(CommandConfig, structuredClone(EMPTY)) as CommandConfig;
  const { mqtt: entry } = config.Writable.InsecureSecrets;
  const InsecureSecrets = { mqtt: { ...entry, SecretData: { ...entry.SecretData, username: "u", password: "p" } } };
  return linkOptions({ ...config, Writable: { InsecureSecrets }, ExternalMQTT: { ...config.ExternalMQTT, ...mqtt } });
}

// paho.mqtt.golang v1.5.1 message.go newConnectMsgFromOptions.
test("a login in the address wins over the secret's", () => {
  const login = (mqtt: Parameters<typeof optionsOf>[0]) => {
    const { host, port, username, password } = optionsOf(mqtt);
    return [host, port, username, password];
  };
  assert.deepEqual(login({ Url: "tcp://h" }), ["h", 1883, undefined, undefined]);
  assert.deepEqual(login({ Url: "ssl://h", AuthMode: "usernamepassword" }), ["h", 8883, "u", "p"]);
  assert.deepEqual(login({ Url: "tcp://a%40b:c%2F@[::1]:7" }), ["::1", 7, "a@b", "c/"]);
  assert.deepEqual(login({ Url: "tcp://a@h", AuthMode: "usernamepassword" }), ["h", 1883, "a", "p"]);
});
