import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { Value } from "typebox/value";
import { modbusDriver } from "./driver.ts";
import { endpointOf, type ModbusProperties, PropertySchema } from "./properties.ts";

const properties = (more: Record<string, unknown> = {}): ModbusProperties =>
  Value.Parse(PropertySchema, { Address: "10.0.0.5", Port: "502", UnitID: "1", ...more }) as ModbusProperties;

test("device-modbus-go's own device (cmd/res/devices/modbus.test.devices.yaml) loads unchanged, as numbers and as strings", () => {
  for (const as of [Number, String]) {
    const endpoint = endpointOf(
      properties({ Address: "0.0.0.0", Port: as(1502), UnitID: as(1), Timeout: as(5), IdleTimeout: as(5) }),
    );
    assert.deepEqual(endpoint, {
      host: "0.0.0.0",
      port: 1502,
      unit: 1,
      timeoutMs: 5000,
      idleTimeoutMs: 5000,
      connectDelayMs: 0,
      limits: { maxGap: 0, maxRegisters: 125, maxBits: 2000 },
      maxInFlight: 1,
    });
  }
});

test("durations are seconds or Go durations; not given or 0 leaves the time-out to the service", () => {
  assert.equal(endpointOf(properties({ Timeout: "500ms", ConnectDelay: 0.2 })).timeoutMs, 500);
  assert.equal(endpointOf(properties({ ConnectDelay: 0.2 })).connectDelayMs, 200);
  assert.equal(endpointOf(properties({ Timeout: 0 })).timeoutMs, undefined);
  assert.equal(endpointOf(properties({ IdleTimeout: -1 })).idleTimeoutMs, 0);
});

test("units may be hexadecimal; devices of one endpoint share a session", () => {
  assert.equal(endpointOf(properties({ UnitID: "0x11" })).unit, 17);
  assert.equal(
    modbusDriver.sessionKey(properties({ UnitID: 1 })),
    modbusDriver.sessionKey(properties({ UnitID: 2, MaxGap: 4 })),
  );
  assert.notEqual(modbusDriver.sessionKey(properties()), modbusDriver.sessionKey(properties({ Port: 503 })));
});

test("what is wrong is named with what would be right", () => {
  const wrong: readonly [Record<string, unknown>, RegExp][] = [
    [{ Port: "0" }, /Port is "0"; it must be a whole number from 1 to 65535/],
    [{ UnitID: 256 }, /UnitID is 256; .*0 to 255/],
    [{ UnitID: "one" }, /UnitID is "one"/],
    [{ MaxRegisters: 126 }, /MaxRegisters is 126; .*1 to 125/],
    [{ MaxInFlight: 0 }, /MaxInFlight/],
    [{ Timeout: "soon" }, /Timeout: "soon" is neither seconds nor a duration/],
    [{ Timeout: "48h" }, /longer than a day/],
  ];
  for (const [more, message] of wrong) {
    assert.throws(
      () => endpointOf(properties(more)),
      (error) => isAppError(error, "ContractInvalid") && message.test(error.message),
    );
  }
  for (const missing of ["Address", "Port", "UnitID"]) {
    const { [missing as "Port"]: _, ...rest } = properties();
    assert.ok(!Value.Check(PropertySchema, rest), missing);
  }
});
