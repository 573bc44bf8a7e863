import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { COMMANDS } from "./command-table.ts";
import { findCommand, parseInput } from "./parse-input.ts";

test("a command is found wherever options stand", () => {
  const find = (...args: string[]) => {
    const { command, rest } = findCommand(COMMANDS, args);
    return [command?.name, rest];
  };
  assert.deepEqual(find("device", "ls", "--json"), ["device ls", ["--json"]]);
  assert.deepEqual(find("--data", "device", "--json", "device", "--lang", "zh", "ls"), [
    "device ls",
    ["--data", "device", "--json", "--lang", "zh"],
  ]);
  assert.deepEqual(find("read", "device", "ls"), ["read", ["device", "ls"]]);
  assert.deepEqual(find("device", "nonsense")[0], undefined);
  assert.deepEqual(find()[0], undefined);
});

test("negative numbers are values, not options", () => {
  const { operands } = parseInput({}, ["P1", "Setpoint", "-5.5"]);
  assert.deepEqual(operands, ["P1", "Setpoint", "-5.5"]);
  assert.equal(
    parseInput({ options: { offset: { value: "N", summary: { zh: "", en: "" } } } }, ["--offset", "-.5"]).text(
      "offset",
    ),
    "-.5",
  );
  assert.deepEqual(parseInput({}, ["--", "--json"]).operands, ["--json"]);
});

test("an unknown option is wrong usage", () => {
  assert.throws(
    () => parseInput({}, ["--nonsense"]),
    (error) => isAppError(error) && error.code === "cli-usage" && /--nonsense/.test(error.message),
  );
  assert.throws(
    () => parseInput({}, ["--data"]),
    (error) => isAppError(error) && error.code === "cli-usage",
  );
});
