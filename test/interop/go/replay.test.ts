/**
 * What the unmodified Go peers say to keeper and metadata when they start and end, sent again without them. Recorded by
 * test/interop/go/record.ts; each answer there is one with which the peer went on.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { type JsonMessage, keeperOperations, topics } from "@jx/contracts";
import { seedCommonConfig } from "@jx/core-keeper";
import { type Hosted, startHosted } from "../../support/hosted.ts";
import { ask } from "../../support/http.ts";
import { answerOf, type Exchange, lacking, NOMINAL } from "./exchange.ts";

const FILES = ["device-first-start.json", "device-second-start.json", "app-start.json"];
const place = (port: number) => ({ host: "localhost", port });

test("keeper and metadata answer the Go peers as recorded", async (t) => {
  await using hosted = await startHosted({ services: ["core-keeper", "core-metadata"] });
  const facts = {
    keeper: place(NOMINAL.keeper),
    metadata: place(NOMINAL.metadata),
    broker: place(NOMINAL.broker),
  };
  const keeper = hosted.host.clients.of("core-keeper", keeperOperations);
  await seedCommonConfig(keeper, facts, { file: new Map(), environment: {} });
  using _service = sayYesToDevices(hosted);
  for (const file of FILES) await t.test(file, (each) => replay(each, file, hosted));
});

async function replay(t: TestContext, file: string, hosted: Hosted): Promise<void> {
  const exchanges = JSON.parse(
    readFileSync(new URL(`./recorded/${file}`, import.meta.url), "utf8"),
  ) as readonly Exchange[];
  const ports = { metadata: Number(new URL(hosted.url("core-metadata")).port) };
  for (const { service, method, path, headers, body, status, answer } of exchanges) {
    const url = hosted.url(service).replace("/api/v3", path);
    const got = await ask(url, { method, headers, ...(body === undefined ? {} : { body }) });
    const what = `${service} ${method} ${path}`;
    assert.equal(got.status, status, `${what}: ${got.text}`);
    assert.deepEqual(lacking(answer, answerOf(got.text, ports)), [], what);
  }
  t.diagnostic(`${exchanges.length} exchanges`);
}

/** In the place of the Go device service, which metadata asks over the bus before it takes a device. */
function sayYesToDevices({ bus }: Hosted): Disposable {
  const service = "device-go-peer";
  return bus.subscribe(topics.validateDevice(service), { name: service, policy: "block", capacity: 10 }, (message) => {
    const { requestId = "", correlationId } = message as JsonMessage;
    const topic = topics.response(service, requestId);
    return bus.publish({ kind: "json", topic, correlationId, requestId, payload: null, from: "inside" });
  });
}
