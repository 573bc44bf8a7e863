import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import ModbusRTU from "modbus-serial";
import { PlantClient, type PlantEvent, plantEntry, type TruthRecord } from "./index.ts";

const LIMIT = { timeout: 30_000 };

/** The process dies with the test's time-out, so that a plant which does not end fails its test and not the whole run. */
function spawnRaw(signal: AbortSignal, args: readonly string[]) {
  const argv = [plantEntry.pathname, "--port", "0", ...args];
  const child = spawn(process.execPath, argv, { stdio: "pipe", signal, killSignal: "SIGKILL" });
  child.on("error", () => {});
  return child;
}

function spawnPlant(
  signal: AbortSignal,
  args: readonly string[] = [],
  onEvent: (event: PlantEvent) => void = () => {},
) {
  const child = spawnRaw(signal, args);
  const ended = once(child, "close") as Promise<[code: number | null, signal: string | null]>;
  ended.catch(() => {}); // a test that looks at it awaits it
  const client = new PlantClient({ onEvent }, { stdin: child.stdin, stdout: child.stdout });
  return { child, client, ended, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

async function readStop(port: number, write = false): Promise<boolean> {
  const modbus = new ModbusRTU.default();
  await modbus.connectTCP("127.0.0.1", { port });
  modbus.setID(1);
  modbus.setTimeout(2000);
  if (write) await modbus.writeCoil(1, true);
  const { data } = await modbus.readCoils(1, 1);
  await new Promise<void>((resolve) => modbus.close(() => resolve()));
  return data[0] === true;
}

test("the process serves, tells events, writes truth, and ends with its standard input", LIMIT, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plant-main-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "truth.jsonl");
  const events: PlantEvent[] = [];
  using plant = spawnPlant(t.signal, ["--truth", file, "--speed", "20"], (event) => void events.push(event));
  const ready = await plant.client.ready();
  assert.equal(ready.pid, plant.child.pid);
  assert.deepEqual(await plant.client.inject({ fault: "overheat", pump: 1 }), { key: "overheat:pump1" });
  let record: TruthRecord = await plant.client.truth();
  while (record.truth.pump1.BearingTempDE <= 42) record = await plant.client.truth();
  assert.deepEqual(record.faults, ["overheat:pump1"]);
  assert.equal(await readStop(ready.port, true), true);
  assert.equal((await plant.client.truth()).truth.pump1.Tripped, true);
  await assert.rejects(plant.client.clear("drop"), { kind: "NotFound" });
  assert.deepEqual(await plant.client.reset(), { active: {} });
  assert.equal(await readStop(ready.port), false);
  plant.client.end();
  assert.deepEqual(await plant.ended, [0, null]);

  const kinds = events.map((event) => (event.event === "command" ? `${event.device}.${event.name}` : event.event));
  assert.deepEqual(kinds, ["faults", "pump1.Stop", "faults"]);
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TruthRecord & PlantEvent);
  const steps = lines.filter((line) => line.step !== undefined).map((line) => line.step);
  assert.ok(steps.length > 100);
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
  );
  assert.deepEqual(
    lines.filter((line) => line.event !== undefined).map((line) => line.event),
    ["faults", "command", "faults"],
  );
});

test("a signal ends it, with standard input or without", LIMIT, async (t) => {
  for (const [signal, args] of [
    ["SIGTERM", []],
    ["SIGINT", ["--no-stdin"]],
  ] as const) {
    using plant = spawnPlant(t.signal, args);
    await plant.client.ready();
    plant.child.kill(signal);
    assert.deepEqual(await plant.ended, [0, null], signal);
  }
});

test("a taken port is named and the exit code is 1", LIMIT, async (t) => {
  using first = spawnPlant(t.signal);
  const { port } = await first.client.ready();
  using second = spawnPlant(t.signal, ["--port", String(port)]);
  let said = "";
  second.child.stderr.on("data", (chunk) => (said += chunk));
  await assert.rejects(second.client.ready(), { message: new RegExp(`port ${port} on 127.0.0.1 is already in use`) });
  assert.deepEqual(await second.ended, [1, null]);
  assert.match(said, new RegExp(`^plant: port ${port} .*--port 0`));
});

test("bad lines are answered, and output that nobody reads does not stop Modbus", LIMIT, async (t) => {
  const child = spawnRaw(t.signal, []);
  const { stdin, stdout } = child;
  try {
    const [first] = (await once(stdout, "data")) as [Buffer];
    const { port } = (JSON.parse(String(first)) as { ready: { port: number } }).ready;
    stdin.write(`not json\n${"x".repeat(100_000)}\n{"id":1}\n`);
    let said = "";
    for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
      said += chunk;
      if (said.split("\n").length > 3) break;
    }
    const kinds = said
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { error: { kind: string } }).error.kind);
    assert.deepEqual(kinds.sort(), ["ContractInvalid", "ContractInvalid", "LimitExceeded"]);
    stdout.pause();
    stdin.on("error", () => {});
    for (let i = 0; i < 5_000; i++) stdin.write('{"id":1,"do":"truth"}\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await readStop(port), false);
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
});
