import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@jx/kit";
import fc from "fast-check";
import { answerLine, type PlantCommand, type PlantLine, parseCommand } from "./protocol.ts";

const ok = async () => ({ active: {} });

async function refusal(text: string): Promise<{ id: unknown; message: string }> {
  const line = await answerLine(text, ok);
  assert.ok("error" in line, text);
  return { id: line.id, message: line.error.message };
}

test("each command is read", () => {
  const commands: PlantCommand[] = [
    { do: "inject", fault: "overheat", pump: 1 },
    { do: "clear" },
    { do: "clear", fault: "drop" },
    { do: "reset" },
    { do: "truth" },
    { do: "faults" },
  ];
  for (const command of commands) assert.deepEqual(parseCommand({ id: 1, ...command }), command);
});

test("a bad line is answered under its id, saying what would be right", async () => {
  assert.match((await refusal("nonsense")).message, /not JSON .* send \{"id":1,"do":"truth"\}/);
  assert.match((await refusal("[1]")).message, /a request is an object/);
  assert.match((await refusal("null")).message, /a request is an object/);
  assert.deepEqual(await refusal('{"id":7,"do":"explode"}'), {
    id: 7,
    message: '"do" must be one of inject, clear, reset, truth, faults',
  });
  assert.equal((await refusal('{"id":"a","do":"inject","fault":"slow"}')).id, "a");
  assert.equal((await refusal('{"id":{},"do":"clear","fault":1}')).id, null);
});

test("what the plant refuses is answered with its kind", async () => {
  const line = await answerLine('{"id":1,"do":"clear","fault":"drop"}', () =>
    Promise.reject(new AppError("NotFound", "not active")),
  );
  assert.deepEqual(line, { id: 1, error: { kind: "NotFound", message: "not active" } });
});

test("every line gets exactly one answer, whatever stands in it", async () => {
  const almost = fc.record(
    {
      id: fc.anything(),
      do: fc.oneof(fc.constantFrom("inject", "clear", "reset", "truth", "faults"), fc.anything()),
      fault: fc.oneof(fc.constantFrom("overheat", "frozen", "noise", "drop", "slow", "exception"), fc.anything()),
      pump: fc.anything(),
      sensor: fc.anything(),
      ms: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    almost.map((value) => safeJson(value)),
  );
  await fc.assert(
    fc.asyncProperty(text, async (line) => {
      const answer: PlantLine = await answerLine(line, ok);
      assert.ok("ok" in answer || "error" in answer);
      if ("error" in answer) assert.equal(answer.error.kind, "ContractInvalid");
    }),
  );
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "";
  } catch {
    return "";
  }
}
