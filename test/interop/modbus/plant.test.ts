import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { modbusDriver } from "@jx/device-modbus";
import type { ReadingValue } from "@jx/device-sdk";
import { PlantClient, type Point, plantEntry, UNITS, type Unit } from "@jx/plant";

type Resource = Parameters<typeof modbusDriver.plan>[0][number];

// The plant is served by modbus-serial, and says on another channel what its instruments show. A tenth of real time:
// one step of the station a second, so that an answer and the truth can be of the same step.
const child = spawn(process.execPath, [fileURLToPath(plantEntry), "--port", "0", "--speed", "0.1"], {
  stdio: ["pipe", "pipe", "inherit"],
});
const plant = new PlantClient({}, child);
const { port } = await plant.ready();
after(async () => {
  child.stdin.end();
  await once(child, "exit");
});

const context = { signal: new AbortController().signal, timeoutMs: 2000 };
const log = { debug: () => undefined, warn: () => undefined };

function resourceOf({ name, table, address, bit, rawType, byteSwap, wordSwap }: Point): Resource {
  const startingAddress = bit === undefined ? address : `${address}.${bit}`;
  const attributes = {
    primaryTable: table,
    startingAddress,
    isByteSwap: byteSwap ?? false,
    isWordSwap: wordSwap ?? false,
  };
  const properties = { valueType: rawType, readWrite: "RW" } as const;
  return { name, valueType: rawType, attributes, resource: { name, properties, attributes } };
}

async function open(unit: number) {
  const properties = { Address: "127.0.0.1", Port: port, UnitID: unit };
  const session = await modbusDriver.open(properties, { signal: context.signal, log });
  return {
    session,
    async read(resources: readonly Resource[]): Promise<Map<string, unknown>> {
      const found = new Map<string, unknown>();
      for (const batch of modbusDriver.plan(resources, properties)) {
        const samples = await session.read(batch, properties, context);
        for (const [i, sample] of samples.entries()) {
          found.set(batch.resources[i]?.name ?? "", "value" in sample ? sample.value : sample.error);
        }
      }
      return found;
    },
    write: (resource: Resource, value: ReadingValue) => session.write([{ resource, value }], properties, context),
  };
}

/** All points of a unit and what its instruments showed in the very same step. */
async function readStep({ device, points, unit }: Unit): Promise<[Map<string, unknown>, Map<string, unknown>]> {
  const { session, read } = await open(unit);
  await using _ = session;
  for (let i = 0; i < 10; i++) {
    const before = await plant.truth();
    const values = await read(points.map(resourceOf));
    const { step, sensed } = await plant.truth();
    if (step === before.step) return [values, new Map<string, unknown>(Object.entries(sensed[device]))];
  }
  throw new Error("the station never stood still for one read");
}

for (const unit of UNITS) {
  test(`modbus-serial's server: every point of ${unit.device} is what its instrument shows`, async () => {
    const [values, shown] = await readStep(unit);
    for (const { name, rawType, scale = 1 } of unit.points) {
      const expected = shown.get(name);
      if (rawType === "Bool") assert.equal(values.get(name), expected, name);
      else {
        // Half a digit of the register, or what a Float32 rounds away.
        const tolerance = rawType === "Float32" ? Math.abs(Number(expected)) * 1e-6 : scale * 0.5001;
        assert.ok(
          Math.abs(Number(values.get(name)) * scale - Number(expected)) <= tolerance,
          `${name}: ${values.get(name)} × ${scale} is not ${expected}`,
        );
      }
    }
  });
}

test("modbus-serial's server: a written setting reads back, a value out of its limits is exception 3", async () => {
  const { session, read, write } = await open(1);
  await using _ = session;
  const setpoint = resourceOf({
    name: "SpeedSetpoint",
    zh: "",
    en: "",
    table: "HOLDING_REGISTERS",
    address: 0,
    rawType: "Uint16",
    units: "rpm",
    readWrite: "RW",
  });
  await write(setpoint, 1200);
  assert.equal((await read([setpoint])).get("SpeedSetpoint"), 1200);
  await assert.rejects(write(setpoint, 60_000), /writing "SpeedSetpoint": .* exception 3, illegal data value/);
});

test("an exception of one unit is its own; the others on the same address answer", async () => {
  await plant.inject({ fault: "exception", code: 4, unit: 2 });
  const [one, two] = await Promise.all([open(1), open(2)]);
  await using _ = one.session;
  await using __ = two.session;
  const running = resourceOf({
    name: "Running",
    zh: "",
    en: "",
    table: "DISCRETES_INPUT",
    address: 0,
    rawType: "Bool",
    units: "",
    readWrite: "R",
  });
  assert.match(
    String((await two.read([running])).get("Running")),
    /discrete inputs 0 of unit 2 .* exception 4, server device failure/,
  );
  assert.equal(typeof (await one.read([running])).get("Running"), "boolean");
  await plant.clear();
});

test("answers slower than the time limit are none, and are not taken for the next one's", async () => {
  const { session, read } = await open(3);
  await using _ = session;
  const properties = { Address: "127.0.0.1", Port: port, UnitID: 3 };
  const pressure = UNITS[2]?.points.filter(({ table }) => table === "INPUT_REGISTERS").map(resourceOf) ?? [];
  const [batch] = modbusDriver.plan(pressure, properties);
  assert.ok(batch !== undefined);
  await plant.inject({ fault: "slow", ms: 80, unit: 3 });
  await assert.rejects(session.read(batch, properties, { ...context, timeoutMs: 20 }), /no answer within 20 ms/);
  await plant.clear();
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.equal((await read(pressure)).size, pressure.length);
  assert.equal(session.counters?.strayAnswers, 1);
});

test("a dropped connection is told, and a new one works as soon as the server is back", async () => {
  const { session } = await open(1);
  await plant.inject({ fault: "drop", seconds: 0.2 });
  assert.ok((await session.closed) !== undefined);
  for (let i = 0; ; i++) {
    try {
      const again = await open(1);
      await again.session[Symbol.asyncDispose]();
      break;
    } catch (error) {
      assert.match(String(error), /nothing listens there|broke the connection/);
      assert.ok(i < 40, "the server never came back");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
