import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { createPaint, paintState } from "./paint.ts";
import { table, titled } from "./table.ts";

test("Chinese takes two cells, and colours take none", () => {
  const paint = createPaint(true);
  const text = titled(
    paint,
    ["设备", "State"],
    [
      ["水泵一", paint.good("ok")],
      ["P2", "down"],
    ],
  );
  const lines = stripVTControlCharacters(text).split("\n");
  assert.deepEqual(
    lines.map((line) => stringWidth(line.slice(0, line.search(/State|ok|down/)))),
    [8, 8, 8],
  );
});

test("the last column is not padded, and short rows are fine", () => {
  assert.equal(table([["a", "b"], ["long", ""], ["x"]]), "a     b\nlong\nx");
  assert.equal(table([]), "");
});

test("without colours nothing is added", () => {
  assert.equal(paintState(createPaint(false), "down"), "down");
  assert.equal(paintState(createPaint(true), "down"), "\u001b[31mdown\u001b[39m");
});
