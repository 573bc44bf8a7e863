import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Addressing, placeOf, type Table, toModicon } from "./address.ts";

// Modicon's notation as in the "Modbus Data Model" figure of MODBUS V1.1b3, 4.3–4.4: numbers from 1, address n − 1 on the wire.
const vectors: readonly [string, Addressing, Table | undefined, Table, number][] = [
  ["40001", "modicon", undefined, "HOLDING_REGISTERS", 0],
  ["49999", "modicon", undefined, "HOLDING_REGISTERS", 9998],
  ["400001", "modicon", undefined, "HOLDING_REGISTERS", 0],
  ["465536", "modicon", undefined, "HOLDING_REGISTERS", 65535],
  ["30108", "modicon", "INPUT_REGISTERS", "INPUT_REGISTERS", 107],
  ["10197", "modicon", undefined, "DISCRETES_INPUT", 196],
  ["00020", "modicon", undefined, "COILS", 19],
  // Excel has dropped the zeros.
  ["20", "modicon", undefined, "COILS", 19],
  ["1", "modicon", "COILS", "COILS", 0],
  ["012345", "modicon", undefined, "COILS", 12344],
  ["0", "zero", "COILS", "COILS", 0],
  ["65535", "zero", "HOLDING_REGISTERS", "HOLDING_REGISTERS", 65535],
  ["0x10", "zero", "INPUT_REGISTERS", "INPUT_REGISTERS", 16],
];
for (const [text, addressing, table, wantTable, wantAddress] of vectors) {
  test(`${text} counted ${addressing} is ${wantTable} ${wantAddress}`, () => {
    assert.deepEqual(placeOf(text, addressing, table), { table: wantTable, address: wantAddress });
  });
}

const refused: readonly [string, Addressing, Table | undefined, RegExp][] = [
  ["40000", "modicon", undefined, /40001/],
  ["20001", "modicon", undefined, /40001/],
  ["465537", "modicon", undefined, /465536/],
  ["0", "modicon", undefined, /40001/],
  ["40001", "modicon", "INPUT_REGISTERS", /holding registers, but the column Table says input registers/],
  ["65536", "zero", "HOLDING_REGISTERS", /--addressing modicon/],
  ["400001", "zero", "HOLDING_REGISTERS", /--addressing modicon/],
  ["-1", "zero", "COILS", /0 to 65535/],
  ["1", "zero", undefined, /column Table/],
  ["10.05", "zero", "HOLDING_REGISTERS", /column Bit/],
  ["", "modicon", undefined, /40001/],
];
for (const [text, addressing, table, reason] of refused) {
  test(`"${text}" counted ${addressing} is refused`, () => {
    const place = placeOf(text, addressing, table);
    assert.ok("en" in place, JSON.stringify(place));
    assert.match(place.en, reason);
    assert.notEqual(place.zh, place.en);
  });
}

test("every place survives the way to Modicon's notation and back", () => {
  const place = fc.record({
    table: fc.constantFrom<Table>("COILS", "DISCRETES_INPUT", "INPUT_REGISTERS", "HOLDING_REGISTERS"),
    address: fc.integer({ min: 0, max: 65_535 }),
  });
  fc.assert(fc.property(place, (one) => assert.deepEqual(placeOf(toModicon(one), "modicon", undefined), { ...one })));
});

test("no text makes an address outside of 0 to 65535", () => {
  const text = fc.oneof(fc.string(), fc.nat({ max: 2_000_000 }).map(String), fc.stringMatching(/^0x[0-9a-f]{1,7}$/));
  fc.assert(
    fc.property(text, fc.constantFrom<Addressing>("zero", "modicon"), (one, addressing) => {
      const place = placeOf(one, addressing, addressing === "zero" ? "COILS" : undefined);
      if ("address" in place)
        assert.ok(Number.isInteger(place.address) && place.address >= 0 && place.address <= 65_535);
    }),
  );
});
