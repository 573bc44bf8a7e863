import assert from "node:assert/strict";
import { test } from "node:test";
import type { Edge } from "./edge.ts";
import { type EdgeOptions, parseOptions } from "./options.ts";
import { startText } from "./start-text.ts";

const EDGE = {
  url: undefined,
  broker: undefined,
  paths: { data: "d", config: "c", rules: "r", logs: "l" },
  warnings: [],
} as unknown as Edge;

test("open ports without authentication are told where others can reach them, and only there", () => {
  for (const [address, open] of [
    ["0.0.0.0", true],
    ["10.0.0.1", true],
    ["127.0.0.1", false],
    ["localhost", false],
    ["::1", false],
  ] as const) {
    const options = parseOptions(["--data", "d", "--edgex-listen", address], {}) as EdgeOptions;
    assert.equal(/carry no authentication|没有任何认证/.test(startText(EDGE, options, 1)), open, address);
  }
});
