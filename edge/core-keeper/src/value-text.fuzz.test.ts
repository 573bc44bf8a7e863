/** Whatever somebody puts under a key becomes keys and texts, and no name of JavaScript's is special. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "@jx/contracts";
import { fuzzing, mutatedValue } from "@jx/contracts/fuzz";
import fc from "fast-check";
import { flatten } from "./value-text.ts";

/** Of EdgeX's common configuration. */
const COMMON = {
  Writable: { LogLevel: "INFO", Telemetry: { Interval: "30s", Metrics: { EventsSent: false }, Tags: {} } },
  Service: { Port: 59880, CORSConfiguration: { CORSMaxAge: 3600, EnableCORS: false } },
  Numbers: [1, 2.5, 1e300, -0, 1.5e-7, 2 ** 63],
};

test("keys and texts", () => {
  const values = fc.oneof(mutatedValue(COMMON), fc.jsonValue(), fc.double(), fc.bigInt());
  fc.assert(
    fc.property(values, (value) => {
      for (const [key, text] of flatten("edgex/v4/x", value)) {
        assert.ok(key.startsWith("edgex/v4/x"));
        assert.equal(typeof text, "string");
      }
      assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    }),
    fuzzing(2_000),
  );
});

test("nesting is bounded before it comes here", () => {
  const deep = `{"value":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`;
  assert.throws(() => parseJson(deep), { code: "json-too-deep" });
});
