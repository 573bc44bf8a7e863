import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { parseTarget } from "./target.ts";

test("targets as people write them", () => {
  const base = { host: "10.0.0.5", port: 502, unit: 1, table: "HOLDING_REGISTERS", address: 0 };
  assert.deepEqual(parseTarget("modbus-tcp://10.0.0.5/1/holding/0", "zero"), base);
  assert.deepEqual(parseTarget("modbus-tcp://10.0.0.5/1/40001", "modicon"), base);
  assert.deepEqual(parseTarget("modbus-tcp://10.0.0.5:1502/1/保持寄存器/7/", "zero"), {
    ...base,
    port: 1502,
    address: 7,
  });
  assert.deepEqual(parseTarget("modbus-tcp://[::1]:1502/255/DISCRETES_INPUT/3", "zero"), {
    host: "::1",
    port: 1502,
    unit: 255,
    table: "DISCRETES_INPUT",
    address: 3,
  });
});

const wrong: readonly [string, RegExp][] = [
  ["10.0.0.5", /no Modbus TCP address; write it like modbus-tcp:/],
  ["modbus-tcp://10.0.0.5:99999/1/holding/0", /host, port or path/],
  ["modbus-tcp://10.0.0.5/1", /UNIT\/TABLE\/ADDRESS/],
  ["modbus-tcp://10.0.0.5/256/holding/0", /unit "256" should be 0 to 255/],
  ["modbus-tcp://10.0.0.5/1/registers/0", /table "registers"/],
  ["modbus-tcp://10.0.0.5/1/holding/70000", /0 to 65535/],
  ["modbus-tcp://10.0.0.5/1/%E0%A4%A/0", /host, port or path/],
];
for (const [text, reason] of wrong) {
  test(`${text} is refused with what would be right`, () =>
    assert.throws(
      () => parseTarget(text, "zero"),
      (error) => isAppError(error) && error.code === "cli-usage" && reason.test(error.message),
    ));
}
