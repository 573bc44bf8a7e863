import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import ModbusRTU from "modbus-serial";
import type { PlantEvent } from "./control/protocol.ts";
import { Plant } from "./plant.ts";

type Client = InstanceType<typeof ModbusRTU.default>;

/** A plant on a free port whose clock the test turns. */
async function startPlant(speed = 1) {
  const events: PlantEvent[] = [];
  const plant = new Plant(
    { host: "127.0.0.1", port: 0, seed: 1, speed },
    { now: () => Date.now(), monotonic: () => performance.now(), emit: (event) => void events.push(event) },
  );
  await plant.start();
  return { plant, events, [Symbol.asyncDispose]: () => plant[Symbol.asyncDispose]() };
}

async function connect(port: number, unit: number, timeoutMs = 2000): Promise<Client & Disposable> {
  const client = new ModbusRTU.default();
  client.on("error", () => {}); // broken connections are part of the tests
  await client.connectTCP("127.0.0.1", { port });
  client.setID(unit);
  client.setTimeout(timeoutMs);
  return Object.assign(client, { [Symbol.dispose]: () => client.close(() => {}) });
}

const SECOND = { timeout: 10_000 };

test("a foreign client reads the four tables of a pump, one block each", SECOND, async () => {
  await using it = await startPlant();
  using client = await connect(it.plant.port, 1);
  assert.deepEqual((await client.readCoils(0, 3)).data.slice(0, 3), [true, false, false]);
  assert.deepEqual((await client.readDiscreteInputs(0, 3)).data.slice(0, 3), [true, false, false]);
  assert.deepEqual((await client.readHoldingRegisters(0, 2)).data, [1450, 30]);
  const { buffer } = await client.readInputRegisters(0, 14);
  const bearing = buffer.readInt16BE(0) / 10;
  assert.ok(bearing > 36 && bearing < 38, `${bearing}`);
  const speed = buffer.readFloatBE(10);
  assert.ok(speed > 1440 && speed < 1460, `${speed}`);
  const power = Buffer.from(buffer.subarray(14, 18)).swap16().swap32().readFloatBE(0); // CDAB: bytes, then all of them
  assert.ok(power > 60 && power < 90, `${power}`);
  assert.equal(buffer.readUInt32BE(18), 9_412_000);
  assert.equal(buffer.readUInt16BE(26), 0);
});

test("the header's floats in the other two orders, its valve moved by a swapped float", SECOND, async () => {
  await using it = await startPlant(20);
  using client = await connect(it.plant.port, 3);
  const { buffer } = await client.readInputRegisters(0, 12);
  const flow = Buffer.from(buffer.subarray(4, 8)).swap16().readFloatBE(0); // BADC
  assert.ok(flow > 400 && flow < 425, `${flow}`);
  const load = buffer.readFloatLE(16); // DCBA
  assert.ok(load > 2200 && load < 2600, `${load}`);
  await client.writeRegisters(0, [0x0000, 0x41f0]); // 30.0 as CDAB
  const wanted = { event: "command", device: "header", name: "ValveCommand", value: 30 };
  const { at: _, ...command } = it.events.at(-1) as PlantEvent & { at: number };
  assert.deepEqual(command, wanted);
  await waitFor(
    async () => (await client.readInputRegisters(7, 1)).data[0] as number,
    (position) => position < 3100,
  );
});

test("stop, latch, refused start, reset and start over Modbus; each command reads back at once", SECOND, async () => {
  await using it = await startPlant(10);
  using client = await connect(it.plant.port, 1);
  const coils = async () => (await client.readCoils(0, 3)).data.slice(0, 3);
  const states = async () => (await client.readDiscreteInputs(0, 3)).data.slice(0, 3);
  await client.writeCoil(1, true);
  assert.deepEqual(
    [await coils(), await states()],
    [
      [false, true, false],
      [false, true, false],
    ],
  );
  await waitFor(
    async () => (await client.readInputRegisters(4, 3)).buffer,
    (now) => now.readUInt16BE(0) === 0 && now.readFloatBE(2) === 0,
  );
  await client.writeCoil(1, false); // commands act on 1
  await client.writeCoil(0, true);
  assert.deepEqual(
    [await coils(), await states()],
    [
      [false, true, false],
      [false, true, false],
    ],
  );
  assert.equal((await client.readInputRegisters(13, 1)).data[0], 0b100000, "start refused");
  await client.writeCoils(2, [true]);
  assert.deepEqual(
    [await coils(), await states()],
    [
      [false, false, false],
      [false, false, true],
    ],
  );
  await client.writeCoil(0, true);
  assert.deepEqual(
    [await coils(), await states()],
    [
      [true, false, false],
      [true, false, false],
    ],
  );
  const told = it.events.map((event) =>
    event.event === "command" ? [event.name, event.value, event.refused !== undefined] : [],
  );
  assert.deepEqual(told, [
    ["Stop", true, false],
    ["Stop", false, true],
    ["Start", true, true],
    ["Reset", true, false],
    ["Start", true, false],
  ]);
});

test("what the map does not have is refused with the right exception, and nothing is written", SECOND, async () => {
  await using it = await startPlant();
  using client = await connect(it.plant.port, 1);
  const refused = (work: Promise<unknown>, code: number) => assert.rejects(work, { modbusCode: code });
  await refused(client.readInputRegisters(14, 1), 2);
  await refused(client.readInputRegisters(0, 15), 2);
  await refused(client.readCoils(3, 1), 2);
  await refused(client.readHoldingRegisters(0, 126), 3);
  await refused(client.writeRegister(0, 100), 3); // below 600 rpm
  await refused(client.writeRegisters(0, [1000, 9999]), 3);
  assert.deepEqual((await client.readHoldingRegisters(0, 2)).data, [1450, 30]);
  client.setID(9);
  await refused(client.readCoils(0, 1), 11);
  assert.deepEqual(it.events, []);
});

test("exception answers and slow answers, of one unit, until cleared", SECOND, async () => {
  await using it = await startPlant();
  using one = await connect(it.plant.port, 1, 500);
  using two = await connect(it.plant.port, 2, 500);
  await it.plant.run({ do: "inject", fault: "exception", code: 4, unit: 1 });
  for (const work of [one.readInputRegisters(0, 1), one.readInputRegisters(0, 4), one.readHoldingRegisters(0, 2)]) {
    await assert.rejects(work, { modbusCode: 4 });
  }
  await assert.rejects(one.writeCoil(1, true), { modbusCode: 4 });
  assert.equal((await two.readInputRegisters(0, 1)).data.length, 1);
  await it.plant.run({ do: "clear", fault: "exception:unit1" });
  assert.equal((await one.readDiscreteInputs(1, 1)).data[0], false, "the write had no effect");

  await it.plant.run({ do: "inject", fault: "slow", ms: 150, unit: 1 });
  const start = performance.now();
  assert.equal((await one.readInputRegisters(0, 4)).data.length, 4);
  const late = performance.now() - start;
  assert.ok(late >= 149, `${late} ms`);
  await it.plant.run({ do: "inject", fault: "slow", ms: 5000, unit: 1 });
  await assert.rejects(one.readInputRegisters(0, 4), { errno: "ETIMEDOUT" });
  assert.equal((await two.readInputRegisters(0, 1)).data.length, 1);
});

test(
  "a drop breaks every connection and refuses new ones for its time, on the same port afterwards",
  SECOND,
  async () => {
    await using it = await startPlant();
    const { port } = it.plant;
    using client = await connect(port, 1);
    const broken = new Promise<void>((resolve) => void client.on("close", resolve));
    await it.plant.run({ do: "inject", fault: "drop", seconds: 0.3 });
    await broken;
    await assert.rejects(connect(port, 1), { code: "ECONNREFUSED" });
    await waitFor(
      async () => JSON.stringify(it.events.at(-1)),
      (last) => last.includes('"active":[]'),
    );
    using again = await connect(port, 1);
    assert.equal((await again.readCoils(0, 1)).data[0], true);

    const brokenToo = new Promise<void>((resolve) => void again.on("close", resolve));
    assert.deepEqual(await it.plant.run({ do: "inject", fault: "drop" }), { key: "drop" });
    await brokenToo;
    assert.deepEqual(await it.plant.run({ do: "faults" }), { active: {} });
    using third = await connect(port, 1);
    await it.plant.run({ do: "inject", fault: "drop", seconds: 3600 });
    await it.plant.run({ do: "reset" });
    using fourth = await connect(port, 1);
    assert.equal((await fourth.readCoils(0, 1)).data[0], true);
    assert.equal(third.isOpen, false);
  },
);

test("a port that somebody took during a drop is told, tried again, and served when it is free", SECOND, async () => {
  await using it = await startPlant();
  await it.plant.run({ do: "inject", fault: "drop", seconds: 3600 });
  const thief = createServer();
  await new Promise<void>((resolve) => thief.listen(it.plant.port, "127.0.0.1", resolve));
  await assert.rejects(
    it.plant.run({ do: "clear" }),
    new RegExp(`port ${it.plant.port} on 127.0.0.1 is already in use`),
  );
  await new Promise((resolve) => thief.close(resolve));
  await waitFor(
    async () => connect(it.plant.port, 1).catch(() => undefined),
    (client) => client?.[Symbol.dispose]() === undefined && client !== undefined,
  );
});

test("a taken port is named", async () => {
  await using it = await startPlant();
  const second = new Plant(
    { host: "127.0.0.1", port: it.plant.port, seed: 1, speed: 1 },
    { now: () => 0, monotonic: () => 0, emit: () => {} },
  );
  await assert.rejects(second.start(), {
    kind: "StatusConflict",
    message: new RegExp(`port ${it.plant.port} .*--port 0`),
  });
});

/** Asks every 20 ms until `good`; the test's own time-out ends it. */
async function waitFor<T>(ask: () => Promise<T>, good: (value: T) => boolean): Promise<void> {
  while (!good(await ask())) await new Promise((resolve) => setTimeout(resolve, 20));
}
