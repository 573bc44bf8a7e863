import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { COMMANDS } from "./command-table.ts";
import { COLUMNS } from "./import/columns.ts";
import { checkOperands, findCommand, parseInput } from "./parse-input.ts";
import { reference } from "./reference.ts";

for (const [language, file] of [
  ["en", "cli.md"],
  ["zh", "cli.zh.md"],
] as const) {
  test(`docs/${file} is the command table`, () => {
    const written = readFileSync(new URL(`../../../docs/${file}`, import.meta.url), "utf8");
    assert.equal(written, reference(language), `run: node apps/cli/src/reference.ts ${language} > docs/${file}`);
  });
}

test("the guides name every column of the points table, and every command they show exists", () => {
  for (const [language, file] of [
    ["en", "devices.md"],
    ["zh", "devices.zh.md"],
  ] as const) {
    const guide = readFileSync(new URL(`../../../docs/${file}`, import.meta.url), "utf8");
    const table = guide
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .join("\n");
    for (const column of Object.values(COLUMNS))
      assert.ok(table.includes(column[language]), `${file}: ${column[language]}`);
    const shown = [...guide.matchAll(/npx jx ([^\n`#>]+)/g)].map(([, line = ""]) => line.trim().split(/\s+/));
    assert.ok(shown.length >= 10);
    for (const words of shown) {
      const { command, rest } = findCommand(COMMANDS, words);
      assert.ok(command !== undefined, words.join(" "));
      checkOperands(command, parseInput(command, rest));
    }
  }
});
