/** Any text in any query or path of any operation is a value of its type, or is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { fuzzing } from "./fuzz.ts";
import { commandOperations, dataOperations, deviceOperations, keeperOperations, metadataOperations } from "./index.ts";
import { parseParams, parseQuery } from "./query.ts";

const operations = [commandOperations, dataOperations, deviceOperations, keeperOperations, metadataOperations].flatMap(
  (table) => Object.values(table).map(({ query, params }) => ({ query, params })),
);

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.constantFrom("", " ", "-", "+", "0x1f", "1_000", "١٢٣", "true", "T", "nan", ",", ",,", "a,b,", "9".repeat(10_000)),
);

test("queries and paths", () => {
  const operation = fc.constantFrom(...operations);
  fc.assert(
    fc.property(operation, fc.infiniteStream(text), ({ query, params }, texts) => {
      const next = (): string => String(texts.next().value);
      const pairs = new URLSearchParams(
        Object.keys(query?.properties ?? {}).map((key): [string, string] => [key, next()]),
      );
      const path = Object.fromEntries(Object.keys(params?.properties ?? {}).map((key) => [key, next()]));
      const start = performance.now();
      for (const parse of [() => parseQuery(query, pairs), () => parseParams(params, path)]) {
        try {
          parse();
        } catch (error) {
          assert.ok(isAppError(error, "ContractInvalid"), String((error as Error).stack));
        }
      }
      assert.ok(performance.now() - start < 2_000);
    }),
    fuzzing(3_000),
  );
});
