/** Which levels of topics are names: the callers of SetNameFieldPath in device-sdk-go v4.0.2 and go-mod-messaging v4.0.3. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonMessage } from "../message.ts";
import { topics } from "../topics.ts";
import { escapeTopic, unescapeTopic } from "./topic-names.ts";

function json(topic: string, payload: unknown = null): JsonMessage {
  return { kind: "json", topic, payload, correlationId: "", from: "inside" };
}

const cases: readonly (readonly [inside: string, outside: string])[] = [
  // internal/utils/notify.go: the source is plain, the owner escaped.
  [
    "edgex/system-events/device-x/device/discovery/device-x",
    "edgex/system-events/device-x/device/discovery/device%2Dx",
  ],
  // internal/controller/messaging/validation.go
  ["edgex/device-x/validate/device", "edgex/device%2Dx/validate/device"],
  ["edgex/response/device-x/4d8c", "edgex/response/device%2Dx/4d8c"],
  // A service of such a name is one name on the wire, and found under it inside.
  ["edgex/a/b/validate/device", "edgex/a%2Fb/validate/device"],
  ["edgex/response/a/b/4d8c", "edgex/response/a%2Fb/4d8c"],
  // go-mod-messaging clients/command.go waits under the plain name.
  ["edgex/response/core-command/4d8c", "edgex/response/core-command/4d8c"],
  ["edgex/configs/core-data/Writable", "edgex/configs/core-data/Writable"],
];

for (const [inside, outside] of cases) {
  test(`${inside} travels as ${outside}`, () => {
    assert.equal(escapeTopic(json(inside)), outside);
    assert.equal(unescapeTopic(outside), inside);
  });
}

test("a system event's owner and profile are two names, whatever is in them", () => {
  const topic = topics.systemEvent("device", "add", "device/x", "型 a/b");
  const wire = "edgex/system-events/core-metadata/device/add/device%2Fx/%E5%9E%8B%20a%2Fb";
  assert.equal(escapeTopic(json(topic, { owner: "device/x" })), wire);
  assert.equal(unescapeTopic(wire), topic);
  const bare = topics.systemEvent("deviceservice", "add", "a/b");
  assert.equal(escapeTopic(json(bare, { owner: "a/b" })), "edgex/system-events/core-metadata/deviceservice/add/a%2Fb");
});

test("an event's topic has the four names of the event", () => {
  const topic = topics.deviceEvent("s/1", "mp-p", "mp-a", "a/b");
  const names = { profileName: "mp-p", deviceName: "mp-a", sourceName: "a/b" };
  const event = { ...names, id: "", origin: 1n, readings: [], tags: undefined };
  const wire = "edgex/events/device/s%2F1/mp%2Dp/mp%2Da/a%2Fb";
  assert.equal(escapeTopic({ kind: "event", topic, correlationId: "", from: "inside", event }), wire);
  assert.equal(unescapeTopic(wire), topic);
});

test("of a command, its reader decodes device and command: they are encoded inside already, and once on the wire", () => {
  const wire = "edgex/device/command/request/device%2Dx/d%2F1%25/c%2B1/get";
  assert.equal(escapeTopic(json("edgex/device/command/request/device-x/d%2F1%25/c%2B1/get")), wire);
  assert.equal(unescapeTopic(wire), "edgex/device/command/request/device-x/d%2F1%25/c%2B1/get");
  const toCoreCommand = "edgex/core/command/request/d%2F1/c%2B1/get";
  assert.equal(unescapeTopic(toCoreCommand), toCoreCommand);
});
