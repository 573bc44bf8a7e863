/** A file that somebody uploads or puts into a folder is a profile, or is refused with its reason, and soon. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { parse } from "yaml";
import { fuzzing, mutatedBytes, mutatedValue } from "../fuzz.ts";
import { parseDeviceFile, parseProfileFile, parseWatcherFile } from "./files.ts";

/** A profile of every value type that EdgeX's device SDK reads. */
const profile = readFileSync(
  new URL("../../../../test/interop/go/device/res/profiles/all-types.yaml", import.meta.url),
);
const LIMIT_MS = 5_000;

function check(text: string): void {
  const start = performance.now();
  for (const read of [parseProfileFile, parseWatcherFile, parseDeviceFile]) {
    try {
      read(text, { file: "fuzz.yaml", serviceName: "s" });
    } catch (error) {
      assert.ok(isAppError(error, "ContractInvalid"), String((error as Error).stack));
      assert.ok(error.message.length <= text.length + 10_000, `a message of ${error.message.length} characters`);
    }
  }
  assert.ok(performance.now() - start < LIMIT_MS, `${performance.now() - start} ms`);
}

test("the recorded profile is one", () => {
  assert.ok(parseProfileFile(profile.toString(), { file: "all-types.yaml" }).deviceResources?.length);
});

test("its bytes changed", () => {
  const texts = mutatedBytes([profile]).map((bytes) => new TextDecoder().decode(bytes));
  fc.assert(fc.property(texts, check), fuzzing(60));
});

test("its values changed", () => {
  const texts = mutatedValue(parse(profile.toString())).map((value) => JSON.stringify(value));
  fc.assert(fc.property(texts, check), fuzzing(150));
});

/** As long as what the main thread reads itself; longer ones a worker does (runtime http/large-bodies.ts). */
test("files made to be slow", () => {
  const nine = Array.from({ length: 9 }, (_, i) => i);
  const bomb = [..."abcdefghi"].map((name, i) => {
    const inner = i === 0 ? "x" : `*${"abcdefghi"[i - 1]}`;
    return `${name}: &${name} [${nine.map(() => inner).join(", ")}]`;
  });
  for (const text of [
    bomb.join("\n"),
    `a: &a { b: 1 }\n${nine.map((i) => `k${i}: { <<: *a, <<: *a }`).join("\n")}`,
    "&a [*a]",
    "[".repeat(16_000),
    "- ".repeat(8_000),
    "? ".repeat(8_000),
    `"${"\\x".repeat(8_000)}`,
    `name: ${"x".repeat(16_000)}`,
    "x".repeat(1_048_577),
    `${"a: ".repeat(5_000)}`,
    `%YAML 1.1\n---\n${"!!binary ".repeat(1_600)}`,
    "a: 0x".concat("f".repeat(16_000)),
    `deviceResources:\n${"  - name: a\n".repeat(1_200)}`,
  ]) {
    check(text);
  }
});
