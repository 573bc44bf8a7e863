import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Message, topics } from "@jx/contracts";
import { type Clients, createBus, createMetrics, createSystemClock } from "@jx/runtime";
import { Value } from "typebox/value";
import { MetadataConfig } from "./config.ts";
import { coreMetadata } from "./index.ts";
import { silent } from "./metadata.fixture.ts";

test("each time its own bus is back metadata says so to all, because what it told meanwhile reached nobody", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "jx-metadata-back-"));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const bus = createBus({ onError: assert.ifError });
  const told: Message[] = [];
  bus.subscribe(topics.metadataBack, { name: "test", policy: "block", capacity: 10 }, (message) => {
    told.push(message);
  });
  const service = await coreMetadata.start({
    key: "core-metadata",
    config: { current: Value.Create(MetadataConfig), onChange: () => () => undefined },
    log: silent,
    bus,
    clock: createSystemClock(),
    metrics: createMetrics(),
    telemetry: { add: () => ({ [Symbol.dispose]() {} }) },
    clients: {} as Clients,
    dataDir,
    baseAddress: "",
    newId: () => "id",
    signal: new AbortController().signal,
  });
  assert.equal(told.length, 0);
  service.refresh?.();
  service.refresh?.();
  await new Promise((resolve) => setImmediate(resolve));
  await service[Symbol.asyncDispose]?.();
  assert.deepEqual(
    told.map(({ from }) => from),
    ["inside", "inside"],
    "from inside, so that it goes out",
  );
});
