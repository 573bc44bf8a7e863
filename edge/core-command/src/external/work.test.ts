/** Topics of requests from outside: any name travels, and no name makes an answer topic that MQTT forbids. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { createBus } from "@jx/runtime";
import fc from "fast-check";
import { bareCommand } from "../command.fixture.ts";
import { workReader } from "./work.ts";

const TOPICS = {
  CommandRequestTopic: "plant/+/request/#",
  CommandResponseTopicPrefix: "plant/answers",
  CommandQueryRequestTopic: "plant/queries/#",
  CommandQueryResponseTopic: "plant/query-answers",
};
const ID = "11111111-2222-4333-8444-555555555555";
const REQUEST = new TextEncoder().encode(
  JSON.stringify({ apiVersion: "v3", requestID: ID, correlationID: ID, contentType: "application/json" }),
);
const { deps, core } = bareCommand();
const bus = createBus({ onError: assert.ifError });
const read = workReader(TOPICS, { ...deps, bus, handlers: core, timeoutMs: () => 50, newId: () => ID });
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });

test("any name, percent-encoded, gives an answer topic without wildcards that ends in what was asked", () => {
  fc.assert(
    fc.property(name, name, fc.constantFrom("get", "SET", "Get"), (device, command, method) => {
      const topic = `plant/x/request/${encodeURIComponent(device)}/${encodeURIComponent(command)}/${method}`;
      const { answerTopic } = read(topic, REQUEST);
      assert.ok(answerTopic.startsWith("plant/answers/") && answerTopic.endsWith(`/${method}`), answerTopic);
      assert.doesNotMatch(answerTopic, /[+#\0]/);
    }),
  );
});

test("requests of a shared subscription come under the topic alone", () => {
  const shared = { ...TOPICS, CommandRequestTopic: "$share/north/plant/request/#" };
  const readShared = workReader(shared, { ...deps, bus, handlers: core, timeoutMs: () => 50, newId: () => ID });
  assert.equal(readShared("plant/request/d/R/get", REQUEST).answerTopic, "plant/answers/d/R/get");
});

test("any topic and any bytes are a request, or refused as invalid", () => {
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.constant(REQUEST), fc.uint8Array({ maxLength: 200 })), (rest, bytes) => {
      for (const topic of [`plant/x/request/${rest}`, `plant/queries/${rest}`, rest]) {
        try {
          read(topic, bytes);
        } catch (error) {
          assert.ok(isAppError(error, "ContractInvalid"), String(error));
        }
      }
    }),
  );
});

test("topics that the user chose are the ones that count", () => {
  assert.equal(read("plant/queries/all", REQUEST).answerTopic, "plant/query-answers");
  const refused = { code: "bad-topic" };
  assert.throws(() => read("edgex/command/request/d/c/get", REQUEST), refused);
  assert.throws(() => read("plant/x/request", REQUEST), refused);
  assert.throws(() => read("plant/x/request/d/%zz/get", REQUEST), refused);
});
