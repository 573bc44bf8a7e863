import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { filters, keeperOperations, RUN_FILE, topics } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { connectBroker, createBus, createLogger, createMetrics } from "@jx/runtime";
import { startEdge } from "./edge.ts";
import { type EdgeOptions, parseOptions } from "./options.ts";

const FREE = Object.fromEntries(
  ["CORE_KEEPER", "CORE_METADATA", "CORE_DATA", "CORE_COMMAND", "RULES", "DEVICE_VIRTUAL", "DEVICE_MODBUS"].map(
    (name) => [`${name}_SERVICE_PORT`, "0"],
  ),
);

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-edge-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function options(data: string, args: readonly string[] = ["--no-broker"], environment = {}): EdgeOptions {
  const all = ["--data", data, "--port", "0", "--no-demo", ...args];
  return parseOptions(all, { ...FREE, ...environment }) as EdgeOptions;
}

test("EnableNameFieldEscape reaches the broker: names in topics go out percent-encoded", async (t) => {
  const data = temporaryFolder(t);
  writeFileSync(join(data, "config.yaml"), "all:\n  Service: { EnableNameFieldEscape: true }\n");
  await using edge = await startEdge(options(data, ["--mqtt-port", "0"]));
  const peer = createBus({ onError: assert.ifError });
  const heard: string[] = [];
  peer.subscribe(filters.everything, { name: "peer", policy: "block", capacity: 99 }, ({ topic }) => {
    heard.push(topic);
  });
  const log = createLogger({ level: "ERROR", write: () => undefined });
  const { host, port } = edge.broker ?? assert.fail("no broker");
  await using _ = await connectBroker({ host, port, escapeNames: false }, { bus: peer, log, metrics: createMetrics() });
  const head = { deviceName: "a/b", profileName: "p", origin: 1n, tags: undefined };
  const reading = { ...head, resourceName: "r", valueType: "Bool", value: true, units: "", mediaType: "" } as const;
  const event = { ...head, id: randomUUID(), sourceName: "温度", readings: [reading] };
  for (let i = 0; i < 50 && heard.length === 0; i += 1) {
    const topic = topics.deviceEvent("s", event.profileName, event.deviceName, event.sourceName);
    await edge.bus.publish({ kind: "event", topic, correlationId: "", from: "inside", event });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(heard.includes("edgex/events/device/s/p/a%2Fb/%E6%B8%A9%E5%BA%A6"), heard.join(" "));
});

test("a change in keeper reaches a running service within a second", async (t) => {
  await using edge = await startEdge(options(temporaryFolder(t)));
  const level = () => edge.host.services.find(({ key }) => key === "core-data")?.config.common.Writable.LogLevel;
  assert.equal(level(), "INFO");
  const keeper = edge.host.clients.of("core-keeper", keeperOperations);
  await keeper.putKey({ key: "edgex/v4/core-data/Writable/LogLevel", body: { value: "DEBUG" } });
  for (let i = 0; i < 100 && level() !== "DEBUG"; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(level(), "DEBUG");
});

test("core command alone, by name, finds metadata and its configuration in another edge", async (t) => {
  await using left = await startEdge(
    options(temporaryFolder(t), ["--no-broker", "--only", "core-keeper", "--only", "core-metadata"]),
  );
  const remote = left.host.services.flatMap(({ key, baseAddress }) => ["--remote", `${key}=${baseAddress}`]);
  await using right = await startEdge(
    options(temporaryFolder(t), ["--no-broker", "--only", "core-command", ...remote]),
  );
  const [command] = right.host.services;
  const answer = await fetch(`${command?.baseAddress}/api/v3/device/name/none`);
  assert.equal(answer.status, 404);
  const { message } = (await answer.json()) as { message: string };
  // In the words of EdgeX's command service, with metadata's own inside.
  assert.equal(message, "request failed, status code: 404, err: no device with name 'none' found");
  const { registrations } = await left.host.clients.of("core-keeper", keeperOperations).allRegistrations({});
  assert.ok(registrations.some(({ serviceId, port }) => serviceId === "core-command" && port === command?.port));
});

test("a start that fails half-way lets go of everything: the next one succeeds", async (t) => {
  const data = temporaryFolder(t);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  const taken = { RULES_SERVICE_PORT: String(typeof address === "object" ? address?.port : 0) };
  await assert.rejects(startEdge(options(data, [], taken)), { code: "port-in-use", message: /^rules cannot listen/ });
  assert.equal(existsSync(join(data, RUN_FILE)), false);
  await using edge = await startEdge(options(data));
  assert.equal(edge.host.services.at(-1)?.key, "gateway");
  assert.deepEqual(
    edge.host.services.map(({ key }) => key).filter((key) => key === "core-data" || key.startsWith("device-")),
    ["core-data", "device-virtual", "device-modbus"],
    "device services end first, so that what they collected is still kept",
  );
});

test("a stop in the middle of a start ends it, and a name that is no service never begins it", async (t) => {
  const data = temporaryFolder(t);
  const stop = new AbortController();
  const starting = startEdge(options(data), stop.signal);
  stop.abort(new AppError("Aborted", "stopped by SIGTERM"));
  await assert.rejects(starting, { kind: "Aborted", message: "stopped by SIGTERM" });
  await assert.rejects(startEdge(options(data, ["--only", "core-dta"])), {
    kind: "ContractInvalid",
    message: /--only core-dta: there is no such service; there are core-keeper, .*gateway/,
  });
  await using _ = await startEdge(options(data, ["--only", "core-keeper"]));
  await assert.rejects(startEdge(options(data)), { code: "folder-locked" });
});

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

function spawnEdge(t: TestContext, data: string, nodeArgs: readonly string[] = []) {
  const args = [...nodeArgs, MAIN, "--data", data, "--port", "0", "--no-demo", "--no-broker", "--lang", "en"];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...FREE }, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Uint8Array) => {
      output += Buffer.from(chunk).toString();
    });
  }
  return { child, ended: once(child, "exit") as Promise<[number | null, string | null]>, output: () => output };
}

test("an error that nobody caught is told and logged; everything is closed and the exit code is 1", async (t) => {
  for (const what of ["throw new Error('boom')", "Promise.reject(new Error('boom'))"]) {
    const data = temporaryFolder(t);
    const later = `import { existsSync } from "node:fs";
      const timer = setInterval(() => {
        if (!existsSync(${JSON.stringify(join(data, RUN_FILE))})) return;
        clearInterval(timer);
        setTimeout(() => { ${what} }, 200);
      }, 20);`;
    const { ended, output } = spawnEdge(t, data, ["--import", `data:text/javascript,${encodeURIComponent(later)}`]);
    assert.deepEqual(await ended, [1, null], output());
    assert.match(output(), /An error that nobody caught; saving and stopping\.\nError: boom\n {4}at /);
    assert.match(output(), /Stopped\. 0 events/);
    assert.match(
      readFileSync(join(data, "logs", "edge.log"), "utf8"),
      /"level":"ERROR".*boom.*an error that nobody caught/,
    );
    assert.equal(existsSync(join(data, RUN_FILE)), false);
  }
});

test("SIGTERM in the middle of a start ends the process cleanly", async (t) => {
  const data = temporaryFolder(t);
  const { child, ended, output } = spawnEdge(t, data);
  while (!existsSync(join(data, "lock.json"))) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null], output());
  assert.equal(existsSync(join(data, "lock.json")), false);
});
