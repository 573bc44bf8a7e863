import assert from "node:assert/strict";
import { after, test } from "node:test";
import { modbusDriver } from "@jx/device-modbus";
import type { DriverResource, ReadingValue, Sample } from "@jx/device-sdk";
import { libmodbus, type Peer, type PeerTable, pymodbus, tryStart } from "./peers.ts";

type ValueType = DriverResource<unknown>["valueType"];
type Resource = Parameters<typeof modbusDriver.plan>[0][number];

const VALUES: readonly (readonly [type: ValueType, values: readonly (number | bigint)[], orders: readonly string[]])[] =
  [
    ["Int16", [0, 1, -2, 32767, -32768], ["AB"]],
    ["Uint16", [0, 1, 65535], ["AB"]],
    ["Int32", [1, -2, 2147483647, -2147483648], ["ABCD", "CDAB", "BADC", "DCBA"]],
    ["Uint32", [1, 0x01020304, 4294967295], ["ABCD", "CDAB", "BADC", "DCBA"]],
    ["Float32", [0, 25.5, -1.5, 3.4028234663852886e38, 1.401298464324817e-45], ["ABCD", "CDAB", "BADC", "DCBA"]],
    ["Int64", [1n, -2n, 2n ** 63n - 1n, -(2n ** 63n)], ["ABCDEFGH", "GHEFCDAB"]],
    ["Uint64", [1n, 0x0102030405060708n, 2n ** 64n - 1n], ["ABCDEFGH", "GHEFCDAB"]],
    ["Float64", [0, 25.5, -1.7976931348623157e308, 5e-324], ["ABCDEFGH", "GHEFCDAB"]],
  ];
const BIG = new Set(["AB", "ABCD", "ABCDEFGH"]);

interface Abilities {
  readonly kind: typeof libmodbus;
  /** Whether the peer's own library converts this type and order; and whether it can set as well as get. */
  readonly knows: (type: string, order: string) => boolean;
  readonly sets: (type: string) => boolean;
}
const PEERS: readonly Abilities[] = [
  {
    kind: libmodbus,
    knows: (type, order) => type !== "Float64" && (type === "Float32" || BIG.has(order)),
    sets: (type) => type !== "Float32",
  },
  { kind: pymodbus, knows: (_, order) => BIG.has(order) || order === "CDAB" || order === "GHEFCDAB", sets: () => true },
];

const TABLE: Readonly<Record<PeerTable, string>> = {
  coil: "COILS",
  discrete: "DISCRETES_INPUT",
  holding: "HOLDING_REGISTERS",
  input: "INPUT_REGISTERS",
};
const context = { signal: new AbortController().signal, timeoutMs: 2000 };
const log = { debug: () => undefined, warn: () => undefined };

function resource(table: PeerTable, startingAddress: number | string, valueType: ValueType, more = {}): Resource {
  const name = `${table} ${startingAddress}`;
  const attributes = { primaryTable: TABLE[table], startingAddress, ...more };
  return { name, valueType, attributes, resource: { name, properties: { valueType, readWrite: "RW" }, attributes } };
}

/** 32-bit orders as EdgeX's attributes say them, 64-bit ones as ours do. */
function orderAttributes(order: string): object {
  if (order.length === 8) return { byteOrder: order };
  return { isByteSwap: order === "BADC" || order === "DCBA", isWordSwap: order === "CDAB" || order === "DCBA" };
}

async function session(port: number, more = {}) {
  const properties = { Address: "127.0.0.1", Port: port, UnitID: 1, ...more };
  const opened = await modbusDriver.open(properties, { signal: context.signal, log });
  return {
    opened,
    exchanges: () => opened.counters?.requests ?? Number.NaN,
    async read(...resources: Resource[]): Promise<Map<string, unknown>> {
      const found = new Map<string, unknown>();
      for (const batch of modbusDriver.plan(resources, properties)) {
        const samples: readonly Sample[] = await opened.read(batch, properties, context);
        for (const [i, sample] of samples.entries())
          found.set(batch.resources[i]?.name ?? "", "value" in sample ? sample.value : sample.error);
      }
      return found;
    },
    write: (...writes: (readonly [Resource, ReadingValue])[]) =>
      opened.write(
        writes.map(([target, value]) => ({ resource: target, value })),
        properties,
        context,
      ),
  };
}

for (const { kind, knows, sets } of PEERS) {
  const peer = await tryStart(kind);
  after(() => (peer instanceof Error ? undefined : peer[Symbol.asyncDispose]()));
  // .ci/run sets JX_REQUIRE_PEERS: there a missing peer fails.
  const skip = peer instanceof Error && process.env.JX_REQUIRE_PEERS !== "1" ? peer.message : false;
  const withPeer = (name: string, body: (peer: Peer) => Promise<void>): void => {
    test(`${kind.name}: ${name}`, { skip }, async () => {
      if (peer instanceof Error) throw peer;
      await body(peer);
    });
  };

  for (const [type, values, orders] of VALUES) {
    for (const order of orders.filter((candidate) => knows(type, candidate))) {
      withPeer(`${type} ${order}, written and read, as the peer's library sees it`, async ({ port, get, set }) => {
        const { opened, read, write } = await session(port);
        await using _ = opened;
        const target = resource("holding", 20, type, orderAttributes(order));
        for (const value of values) {
          await write([target, value]);
          assert.equal(Number(await get("holding", type, order, 20)), Number(value));
          assert.equal((await read(target)).get(target.name), value);
          if (!sets(type)) continue;
          const source = resource("input", 30, type, orderAttributes(order));
          await set("input", type, order, 30, String(value));
          assert.equal((await read(source)).get(source.name), value);
        }
      });
    }
  }

  withPeer("bits of all tables, single and in a row, and of a register", async ({ port, get, set }) => {
    const { opened, read, write } = await session(port);
    await using _ = opened;
    const coils = [0, 1, 2, 3, 4, 5, 6, 7, 8, 20].map((address) => resource("coil", address, "Bool"));
    await write(...coils.map((coil, i) => [coil, i % 3 === 0] as const));
    const seen = await read(...coils);
    for (const [i, coil] of coils.entries()) {
      assert.equal(await get("coil", "Bool", "-", Number(coil.attributes.startingAddress)), String(i % 3 === 0));
      assert.equal(seen.get(coil.name), i % 3 === 0);
    }
    await set("discrete", "Bool", "-", 9, "true");
    assert.deepEqual(
      [...(await read(resource("discrete", 8, "Bool"), resource("discrete", 9, "Bool"))).values()],
      [false, true],
    );

    await write([resource("holding", 40, "Uint16"), 0x00f0]);
    await write([resource("holding", "40.15", "Bool"), true], [resource("holding", "40.04", "Bool"), false]);
    assert.equal(await get("holding", "Uint16", "AB", 40), String(0x80e0));
    assert.deepEqual(
      [...(await read(resource("holding", "40.15", "Bool"), resource("holding", "40.04", "Bool"))).values()],
      [true, false],
    );
  });

  withPeer("the largest reads: 125 registers and 2,000 coils in one exchange each", async ({ port, get }) => {
    const { opened, read, write, exchanges } = await session(port);
    await using _ = opened;
    await write([resource("holding", 124, "Int16"), -7], [resource("coil", 1999, "Bool"), true]);
    const before = exchanges();
    const registers = await read(...Array.from({ length: 125 }, (_, i) => resource("holding", i, "Int16")));
    const coils = await read(...Array.from({ length: 2000 }, (_, i) => resource("coil", i, "Bool")));
    assert.equal(exchanges() - before, 2);
    assert.equal(registers.get("holding 124"), -7);
    assert.equal(String(coils.get("coil 1999")), await get("coil", "Bool", "-", 1999));
  });

  withPeer(
    "an address it does not have is its exception 2, and the neighbours are read all the same",
    async ({ port }) => {
      const { opened, read } = await session(port);
      await using _ = opened;
      const samples = [
        ...(await read(...Array.from({ length: 10 }, (_, i) => resource("holding", 995 + i, "Int16")))).values(),
      ];
      assert.deepEqual(samples.slice(0, 5), [0, 0, 0, 0, 0]);
      for (const error of samples.slice(5))
        assert.match(String(error), /holding registers 100\d.* exception 2, illegal data address/);
    },
  );
}
