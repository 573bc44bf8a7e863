import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TruthFile } from "./truth-file.ts";

test("the file rotates at its bound, keeps the newest records whole, and goes on where it was", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plant-truth-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "truth.jsonl");
  for (const from of [0, 50]) {
    using file = new TruthFile(path, 200);
    for (let n = from; n < from + 50; n++) file.write({ n, zh: "轴承" });
  }
  assert.deepEqual(readdirSync(folder).sort(), ["truth.jsonl", "truth.jsonl.1"]);
  const numbers = [`${path}.1`, path].flatMap((name) => {
    assert.ok(statSync(name).size <= 200, `${name} has ${statSync(name).size} bytes`);
    const lines = readFileSync(name, "utf8").trim().split("\n");
    return lines.map((line) => (JSON.parse(line) as { n: number }).n);
  });
  assert.ok(numbers.length >= 8);
  assert.deepEqual(
    numbers,
    Array.from(numbers.keys(), (i) => 100 - numbers.length + i),
  );
});

test("a file that cannot be opened is named", () => {
  assert.throws(() => new TruthFile("/no/such/folder/truth"), {
    kind: "Storage",
    message: /\/no\/such\/folder\/truth/,
  });
});
