import assert from "node:assert/strict";
import { test } from "node:test";
import { checkProfile } from "@jx/contracts";
import { modbusDriver } from "@jx/device-modbus";
import fc from "fast-check";
import { planImport } from "./model.ts";
import type { PointRow } from "./rows.ts";
import { byteOrder } from "./words.ts";

const point = (more: Partial<PointRow> = {}): PointRow => ({
  row: 2,
  device: "M1",
  resource: "V",
  description: "",
  host: "10.0.0.1",
  port: undefined,
  unit: 1,
  table: "HOLDING_REGISTERS",
  address: 0,
  type: "Int16",
  order: undefined,
  bit: undefined,
  scale: 1,
  offset: 0,
  units: "",
  minimum: undefined,
  maximum: undefined,
  access: "R",
  interval: "1s",
  ...more,
});

test("devices with the same points share a profile; one that differs gets its own", () => {
  const { profiles, devices } = planImport([
    point(),
    point({ device: "M2", host: "10.0.0.2" }),
    point({ device: "M3", address: 1 }),
    point({ device: "M1", resource: "W", address: 1 }),
    point({ device: "M2", resource: "W", address: 1 }),
  ]);
  assert.deepEqual(
    profiles.map(({ name }) => name),
    ["Points-M1", "Points-M3"],
  );
  assert.deepEqual(
    devices.map(({ name, profileName }) => [name, profileName]),
    [
      ["M1", "Points-M1"],
      ["M2", "Points-M1"],
      ["M3", "Points-M3"],
    ],
  );
});

test("points of one interval are one command and one auto event; what is not polled has none", () => {
  const { profiles, devices } = planImport([
    point(),
    point({ resource: "W", interval: "5s" }),
    point({ resource: "X" }),
    point({ resource: "Y", interval: "" }),
    point({ resource: "Z", access: "W" }),
  ]);
  assert.deepEqual(
    profiles[0]?.deviceCommands?.map(({ name, resourceOperations }) => [
      name,
      resourceOperations.map(({ deviceResource }) => deviceResource),
    ]),
    [
      ["Poll-1s", ["V", "X"]],
      ["Poll-5s", ["W"]],
    ],
  );
  assert.deepEqual(
    devices[0]?.autoEvents?.map(({ sourceName, interval }) => [sourceName, interval]),
    [
      ["Poll-1s", "1s"],
      ["Poll-5s", "5s"],
    ],
  );
});

test("a scaled register becomes a float on its raw type; a bit has two digits", () => {
  const resource = (more: Partial<PointRow>) => planImport([point(more)]).profiles[0]?.deviceResources?.[0];
  assert.deepEqual(resource({ scale: 0.1 })?.properties, { valueType: "Float32", readWrite: "R", scale: 0.1 });
  assert.deepEqual(resource({ scale: 0.1 })?.attributes, {
    primaryTable: "HOLDING_REGISTERS",
    startingAddress: 0,
    rawType: "Int16",
  });
  assert.equal(resource({ type: "Uint32", offset: -5 })?.properties.valueType, "Float64");
  assert.equal(resource({ type: "Float32", scale: 2 })?.attributes?.["rawType"], undefined);
  assert.equal(resource({ type: "Bool", bit: 5, address: 10 })?.attributes?.["startingAddress"], "10.05");
});

test("whatever the rows say, the driver and EdgeX's rules take what is made", () => {
  const any = fc
    .record({
      type: fc.constantFrom<PointRow["type"]>(
        "Bool",
        "Int16",
        "Uint16",
        "Int32",
        "Uint32",
        "Int64",
        "Uint64",
        "Float32",
        "Float64",
      ),
      bits: fc.boolean(),
      address: fc.integer({ min: 0, max: 65_532 }),
      order: fc.constantFrom("big", "little", "wordswap", "byteswap"),
      bit: fc.integer({ min: 0, max: 15 }),
      scale: fc.constantFrom(1, 0.1, 10),
      offset: fc.constantFrom(0, -40),
    })
    .map(({ type, bits, address, order, bit, scale, offset }) => {
      const bool = type === "Bool";
      const scalable = !bool && !type.endsWith("nt64");
      const bytes = type.endsWith("64") ? 8 : type.endsWith("32") ? 4 : 2;
      return point({
        type,
        address,
        table: bool && bits ? "COILS" : "HOLDING_REGISTERS",
        order: bool ? undefined : byteOrder(order, bytes),
        bit: bool && !bits ? bit : undefined,
        scale: scalable ? scale : 1,
        offset: scalable ? offset : 0,
        access: "RW",
      });
    });
  fc.assert(
    fc.property(any, (row) => {
      const { profiles, devices } = planImport([row]);
      const [profile] = profiles;
      assert.ok(profile !== undefined);
      checkProfile(profile);
      const [resource] = profile.deviceResources ?? [];
      assert.ok(resource !== undefined);
      const bound = { name: "V", valueType: resource.properties.valueType, attributes: resource.attributes, resource };
      modbusDriver.checkResource?.(bound as never, devices[0]?.protocols["modbus-tcp"] as never);
    }),
  );
});
