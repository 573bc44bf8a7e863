import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions } from "./options.ts";

test("options have their defaults and are taken", () => {
  const plain = { host: "127.0.0.1", port: 1502, seed: 1, speed: 1, noStdin: false, help: false };
  assert.deepEqual(parseOptions([]), plain);
  const args = ["--port", "0", "--host", "::1", "--seed", "7", "--speed", "2.5", "--truth", "t", "--no-stdin"];
  const all = { ...plain, port: 0, host: "::1", seed: 7, speed: 2.5, truth: "t", noStdin: true };
  assert.deepEqual(parseOptions(args), all);
});

test("a bad option is named with what would be right", () => {
  assert.throws(() => parseOptions(["--port", "70000"]), {
    message: '--port is "70000"; it must be a number from 0 to 65535',
  });
  assert.throws(() => parseOptions(["--port", ""]), /--port/);
  assert.throws(() => parseOptions(["--seed", "1.5"]), /--seed/);
  assert.throws(() => parseOptions(["--speed", "NaN"]), /--speed/);
  assert.throws(() => parseOptions(["--prot", "1"]), /'--prot'.*--help/);
});
