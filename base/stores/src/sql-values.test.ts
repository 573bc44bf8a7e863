import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import {
  boolToSql,
  floatToSql,
  int64ToSql,
  intToSql,
  optional,
  orNull,
  type SqlValue,
  sqlToBool,
  sqlToBytes,
  sqlToFloat,
  sqlToInt,
  sqlToInt64,
  sqlToText,
  sqlToUint64,
  textToSql,
  uint64ToSql,
} from "./sql-values.ts";

const db = new DatabaseSync(":memory:", { readBigInts: true });
after(() => db.close());
db.exec("CREATE TABLE value(v)");
const insert = db.prepare("INSERT INTO value VALUES(?)");
const select = db.prepare("SELECT v FROM value");

/** Through a real database and back: what counts is what SQLite makes of it. */
function through(value: SqlValue): unknown {
  db.exec("DELETE FROM value");
  insert.run(value);
  return select.get()?.v;
}

test("doubles come back bit by bit, the special ones too", () => {
  const bits = (value: number): bigint => new BigInt64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  fc.assert(fc.property(fc.double(), (value) => bits(sqlToFloat(through(floatToSql(value)))) === bits(value)));
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    0,
    5e-324,
    Number.MAX_VALUE,
  ]) {
    assert.ok(Object.is(sqlToFloat(through(floatToSql(value))), value), String(value));
  }
});

test("SQLite itself turns NaN into NULL: the reason for the coding", () => {
  assert.equal(through(Number.NaN), null);
});

test("integers come back exactly over their whole range", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => sqlToInt(through(intToSql(value))) === value));
  fc.assert(fc.property(fc.bigInt(-(1n << 63n), (1n << 63n) - 1n), (v) => sqlToInt64(through(int64ToSql(v))) === v));
  fc.assert(fc.property(fc.bigInt(0n, (1n << 64n) - 1n), (v) => sqlToUint64(through(uint64ToSql(v))) === v));
  for (const v of [0n, 1n << 63n, (1n << 64n) - 1n]) assert.equal(sqlToUint64(through(uint64ToSql(v))), v);
});

test("unsigned integers keep their order in SQL", () => {
  const unsigned = fc.bigInt(0n, (1n << 64n) - 1n);
  fc.assert(fc.property(unsigned, unsigned, (a, b) => a < b === uint64ToSql(a) < uint64ToSql(b)));
});

test("text, bytes, booleans and absence come back", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => sqlToText(through(textToSql(text))) === text));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => Buffer.compare(bytes, sqlToBytes(through(bytes))) === 0));
  for (const value of [true, false]) assert.equal(sqlToBool(through(boolToSql(value))), value);
  for (const text of ["", "a\0b", "一号泵 🚰"]) assert.equal(sqlToText(through(textToSql(text))), text);
  assert.equal(optional(sqlToText)(through(orNull<string>(undefined))), undefined);
  assert.equal(optional(sqlToText)(through(orNull("x"))), "x");
});

test("what does not fit is refused, never bent", () => {
  assert.throws(() => intToSql(2 ** 53), /no whole number below/);
  assert.throws(() => intToSql(0.5), /no whole number/);
  assert.throws(() => int64ToSql(1n << 63n), /int64/);
  assert.throws(() => uint64ToSql(-1n), /uint64/);
  assert.throws(
    () => textToSql("\ud800"),
    (error) => isAppError(error, "ContractInvalid"),
  );
  assert.throws(() => insert.run(undefined as unknown as null), TypeError);
  for (const read of [sqlToInt, sqlToInt64, sqlToBool, sqlToFloat, sqlToText, sqlToBytes]) {
    assert.throws(
      () => read(null),
      (error) => isAppError(error, "Storage") && /NULL/.test(error.message),
    );
  }
  assert.throws(() => sqlToInt(1n << 60n), /within ±2\^53/);
});
