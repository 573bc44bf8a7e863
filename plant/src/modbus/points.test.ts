import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Station } from "../station/station.ts";
import { wordsOf } from "./encode.ts";
import { decodeWrite, readCells } from "./image.ts";
import { HEADER_POINTS, type Point, PUMP_POINTS, type Table, UNITS } from "./points.ts";

const TABLES: readonly Table[] = ["COILS", "DISCRETES_INPUT", "INPUT_REGISTERS", "HOLDING_REGISTERS"];

function cellsOf(points: readonly Point[], table: Table): number[] {
  return points
    .filter((point) => point.table === table && (point.bit ?? 0) === 0)
    .flatMap((point) => Array.from({ length: wordsOf(point) }, (_, i) => point.address + i));
}

test("each unit uses all four tables, each one block from 0 without gap or overlap, so that one read shows it", () => {
  for (const { points, device } of UNITS) {
    for (const table of TABLES) {
      const cells = cellsOf(points, table);
      assert.ok(cells.length > 0, `${device} has no ${table}`);
      assert.deepEqual(cells, Array.from(cells.keys()), `${device} ${table}`);
    }
  }
});

test("names are unique in a unit and each shows a signal of the station; nothing is left unserved", () => {
  const signals = new Station(1).truth();
  for (const { points, device } of UNITS) {
    assert.deepEqual(new Set(points.map((point) => point.name)), new Set(Object.keys(signals[device])));
    assert.equal(new Set(points.map((point) => point.name)).size, points.length);
  }
});

test("what may be written stands in a table that can be written, and numbers have limits", () => {
  for (const point of [...PUMP_POINTS, ...HEADER_POINTS]) {
    const writable = point.table === "COILS" || point.table === "HOLDING_REGISTERS";
    assert.equal(point.readWrite !== "R", writable, point.name);
    if (point.table === "HOLDING_REGISTERS") assert.ok(point.minimum !== undefined && point.maximum !== undefined);
  }
});

test("bits of the status word stand where the map says", () => {
  const values = { Starting: true, Coasting: false, StartRefused: true };
  assert.deepEqual(readCells(PUMP_POINTS, values, "INPUT_REGISTERS", 13, 1), [0b100001]);
});

test("a write is taken whole or not at all", () => {
  const ok = decodeWrite(HEADER_POINTS, "HOLDING_REGISTERS", 0, [0x0000, 0x4248, 1700]); // 50.0 with swapped words, 1.7 m
  assert.deepEqual(
    [...ok],
    [
      ["ValveCommand", 50],
      ["TankLevelSetpoint", 1700 * 0.001],
    ],
  );
  const refused = (address: number, cells: number[], code: number): void =>
    assert.throws(() => decodeWrite(HEADER_POINTS, "HOLDING_REGISTERS", address, cells), { modbusErrorCode: code });
  refused(0, [0x4248], 2); // half a float
  refused(1, [0x4248], 2);
  refused(2, [1700, 0], 2); // beyond the end
  refused(0, [0x0000, 0x7fc0], 3); // NaN
  refused(0, [0x0000, 0x42ca], 3); // 101 %
  refused(0, [0x0000, 0x4248, 999], 3); // the second value is out of range
});

/** The README's line of a point. */
function rowOf(point: Point): string {
  const place = `${point.table} ${point.address}${point.bit === undefined ? "" : `, bit ${point.bit}`}`;
  const swaps = `${point.byteSwap ? " byte swap" : ""}${point.wordSwap ? " word swap" : ""}`;
  const scale = point.scale === undefined ? "" : ` × ${point.scale}`;
  const limits = point.minimum === undefined ? "" : ` ${point.minimum}–${point.maximum}`;
  return `| ${point.name} | ${point.zh} | ${place} | ${point.rawType}${swaps}${scale} | ${point.units} | ${point.readWrite}${limits} |`;
}

test("the README shows the map as it is served", () => {
  const shown = readFileSync(new URL("../../README.md", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => /^\| [A-Z]\w+ \|/.test(line));
  assert.deepEqual(shown, [...PUMP_POINTS, ...HEADER_POINTS].map(rowOf));
});
