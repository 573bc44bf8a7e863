import assert from "node:assert/strict";
import { test } from "node:test";
import type { DriverResource, ReadingValue, Sample } from "@jx/device-sdk";
import { isAppError } from "@jx/kit";
import type { ModbusAttributes } from "./attributes.ts";
import { modbusDriver } from "./driver.ts";
import { exceptionOf } from "./exceptions.ts";
import {
  emptyMemory,
  type Memory,
  type Script,
  type ScriptedServer,
  scriptedServer,
  unitScript,
} from "./scripted-server.ts";

type ValueType = DriverResource<unknown>["valueType"];
type Session = Awaited<ReturnType<typeof modbusDriver.open>>;
interface Rig {
  readonly session: Session;
  readonly server: ScriptedServer;
  readonly memory: Memory;
  read(...resources: DriverResource<ModbusAttributes>[]): Promise<readonly Sample[]>;
  write(...writes: [DriverResource<ModbusAttributes>, ReadingValue][]): Promise<void>;
}

const context = { signal: new AbortController().signal, timeoutMs: 1000 };
const log = { debug: () => undefined, warn: () => undefined };

function at(
  primaryTable: string,
  startingAddress: number | string,
  valueType: ValueType = "Int16",
): DriverResource<ModbusAttributes> {
  const name = `${primaryTable}/${startingAddress}`;
  const attributes = { primaryTable, startingAddress };
  return { name, valueType, attributes, resource: { name, properties: { valueType, readWrite: "RW" }, attributes } };
}
const holding = (address: number | string, valueType?: ValueType) => at("HOLDING_REGISTERS", address, valueType);

async function withUnit(
  refuses: (pdu: DataView) => number,
  body: (rig: Rig) => Promise<void>,
  script?: Script,
): Promise<void> {
  const memory = emptyMemory();
  await using server = await scriptedServer(script ?? unitScript(memory, refuses));
  const properties = { Address: "127.0.0.1", Port: server.port, UnitID: 3 };
  await using session = await modbusDriver.open(properties, { signal: context.signal, log });
  await body({
    session,
    server,
    memory,
    async read(...resources) {
      const samples = await Promise.all(
        modbusDriver.plan(resources, properties).map((batch) => session.read(batch, properties, context)),
      );
      return samples.flat();
    },
    write: (...writes) =>
      session.write(
        writes.map(([resource, value]) => ({ resource, value })),
        properties,
        context,
      ),
  });
}

const values = (samples: readonly Sample[]): unknown[] =>
  samples.map((sample) => ("value" in sample ? sample.value : exceptionOf(sample.error)));

test("all four tables are read, each by its own function, from the device's unit", async () => {
  await withUnit(
    () => 0,
    async ({ read, memory, server }) => {
      memory.registers.set([7, 0x41cc, 0]);
      memory.bits.set([0, 1], 4);
      const samples = await read(
        holding(0),
        holding(1, "Float32"),
        at("INPUT_REGISTERS", 0),
        at("COILS", 4, "Bool"),
        at("COILS", 5, "Bool"),
        at("DISCRETES_INPUT", 5, "Bool"),
      );
      assert.deepEqual(values(samples), [7, 25.5, 7, false, true, true]);
      assert.deepEqual(
        server.requests.map(({ unit, pdu }) => [unit, pdu[0]]),
        [
          [3, 3],
          [3, 4],
          [3, 1],
          [3, 2],
        ],
      );
    },
  );
});

/** Refuses reads that touch one of `bad`, as V1.1b3 6.3 has it: exception 2 for the whole request. */
const touching =
  (...bad: number[]) =>
  (pdu: DataView): number => {
    const first = pdu.getUint16(1);
    return bad.some((address) => address >= first && address < first + pdu.getUint16(3)) ? 2 : 0;
  };

test("a bad address is found by halving, its resource gets the exception, and all others keep being read", async () => {
  await withUnit(touching(37), async ({ session, server }) => {
    const properties = { Address: "127.0.0.1", Port: server.port, UnitID: 3 };
    const [batch] = modbusDriver.plan(
      Array.from({ length: 100 }, (_, i) => holding(i)),
      properties,
    );
    assert.ok(batch !== undefined);
    for (const expected of [14, 7]) {
      const before = server.requests.length;
      const samples = await session.read(batch, properties, context);
      assert.deepEqual(
        values(samples),
        Array.from({ length: 100 }, (_, i) => (i === 37 ? 2 : 0)),
      );
      // The first time 1 + 2 for each of 7 halvings at most; afterwards the good parts only.
      assert.ok(server.requests.length - before <= expected + 1, `${server.requests.length - before} requests`);
    }
    const bad = (await session.read(batch, properties, context))[37];
    assert.ok(bad !== undefined && "error" in bad);
    assert.match(
      bad.error.message,
      /read holding registers 37 of unit 3 at 127.0.0.1:\d+: exception 2, illegal data address \(the unit has no such address/,
    );
  });
});

test("a unit where every address is bad is asked a bounded number of times", async () => {
  await withUnit(
    () => 2,
    async ({ session, server }) => {
      const properties = { Address: "127.0.0.1", Port: server.port, UnitID: 3 };
      const [batch] = modbusDriver.plan(
        Array.from({ length: 125 }, (_, i) => holding(i)),
        properties,
      );
      assert.ok(batch !== undefined);
      await session.read(batch, properties, context);
      assert.ok(server.requests.length <= 33, `${server.requests.length} requests`);
      for (let i = 0; i < 10; i++) await session.read(batch, properties, context);
      const before = server.requests.length;
      await session.read(batch, properties, context);
      assert.equal(server.requests.length, before, "everything is known to be bad: nothing is asked");
    },
  );
});

test("a single resource asked for by itself is always asked, however often it was refused", async () => {
  await withUnit(touching(5), async ({ read, server }) => {
    for (let i = 0; i < 3; i++) assert.deepEqual(values(await read(holding(5))), [2]);
    assert.equal(server.requests.length, 3);
  });
});

test("other exceptions are no reason to ask again in parts", async () => {
  await withUnit(
    () => 6,
    async ({ read, server }) => {
      assert.deepEqual(values(await read(holding(0), holding(1))), [6, 6]);
      assert.equal(server.requests.length, 1);
    },
  );
});

test("a gateway that misses the unit, exception 11, is no answer of the unit", async () => {
  await withUnit(
    () => 11,
    async ({ read }) => {
      await assert.rejects(
        read(holding(0), holding(1)),
        (error) => isAppError(error, "Communication") && /check its power, wiring and UnitID/.test(error.message),
      );
    },
  );
});

test("no valid answer is an error of the whole read, not a value", async () => {
  await withUnit(
    () => 0,
    async ({ read }) => {
      await assert.rejects(read(holding(0)), (error) => isAppError(error, "Communication"));
    },
    (_, socket) => socket.write("nonsense"),
  );
});

test("writes land where they belong, and are read back", async () => {
  await withUnit(
    () => 0,
    async ({ read, write, server }) => {
      await write(
        [at("COILS", 1, "Bool"), true],
        [at("COILS", 2, "Bool"), false],
        [at("COILS", 3, "Bool"), true],
        [holding(0), -5],
        [holding(2, "Int64"), -6n],
        [at("COILS", 9, "Bool"), true],
      );
      assert.deepEqual(
        server.requests.map(({ pdu }) => pdu[0]),
        [15, 6, 16, 5],
      );
      const back = await read(
        holding(0),
        holding(2, "Int64"),
        at("COILS", 1, "Bool"),
        at("COILS", 2, "Bool"),
        at("COILS", 3, "Bool"),
        at("COILS", 9, "Bool"),
      );
      assert.deepEqual(values(back), [-5, -6n, true, false, true, true]);
    },
  );
});

test("writing bits of a register keeps its other bits, also when two callers write at once", async () => {
  await withUnit(
    () => 0,
    async ({ write, memory }) => {
      memory.registers[4] = 0x00f0;
      await Promise.all([
        write([holding("4.15", "Bool"), true]),
        write([holding("4.4", "Bool"), false]),
        write([holding("4.0", "Bool"), true]),
      ]);
      assert.equal(memory.registers[4], 0x80e1);
    },
  );
});

test("a refused write says which resource, stops there, and the next caller's write still works", async () => {
  await withUnit(
    (pdu) => (pdu.getUint16(1) === 1 ? 4 : 0),
    async ({ write, memory }) => {
      await assert.rejects(
        write([holding(0), 1], [holding(1), 2], [holding(2), 3]),
        (error) =>
          exceptionOf(error) === 4 &&
          isAppError(error) &&
          /writing "HOLDING_REGISTERS\/1": write holding register 1 of unit 3.*server device failure/.test(
            error.message,
          ),
      );
      await write([holding(3), 4]);
      assert.deepEqual([...memory.registers.subarray(0, 4)], [1, 0, 0, 4]);
    },
  );
});
