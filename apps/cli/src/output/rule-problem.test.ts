import assert from "node:assert/strict";
import { test } from "node:test";
import { createPaint } from "./paint.ts";
import { ruleProblemText } from "./rule-problem.ts";

test("the caret stands under the place, Chinese before it or not", () => {
  const text = 'rule "a"\n\t当 "水泵".温度 > 42 MPa\n';
  const column = '\t当 "水泵".温度 > 42 '.length + 1;
  const found = {
    severity: "error",
    line: 2,
    column,
    endLine: 2,
    endColumn: column + 3,
    code: "unit",
    message: { zh: "单位不符", en: "wrong unit" },
  } as const;
  const context = { paint: createPaint(false), language: "zh", say: (zh: string) => zh } as const;
  const [head, line, caret] = ruleProblemText("a.pangu", text, found, context).split("\n");
  assert.equal(head, `a.pangu:2:${column}: 错误：单位不符`);
  assert.equal(line, '   当 "水泵".温度 > 42 MPa');
  // 3 + 2 + 1 + 6 + 1 + 4 + 6 cells before MPa.
  assert.equal(caret, `${" ".repeat(23)}^^^`);
});
