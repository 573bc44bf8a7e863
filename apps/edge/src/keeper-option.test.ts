import assert from "node:assert/strict";
import { test } from "node:test";
import { keeperOption } from "./keeper-option.ts";

test("an option or EdgeX's variable names the keeper; the option wins", () => {
  const at = (option?: string, environment: Record<string, string> = {}) => keeperOption(option, environment)?.address;
  assert.equal(at(), undefined);
  assert.equal(at(undefined, { EDGEX_CONFIG_PROVIDER: "none" }), undefined);
  const environment = { EDGEX_CONFIG_PROVIDER: "keeper.http://edgex-core-keeper:59890" };
  assert.equal(at(undefined, environment), "http://edgex-core-keeper:59890");
  assert.equal(at("http://h:1/", environment), "http://h:1");
  for (const wrong of ["h:1", "consul.http://h:8500", "http://h:1/x", "http://"]) {
    assert.throws(() => at(wrong), /--keeper is ".*"; write it like keeper\.http/, wrong);
  }
  assert.throws(
    () => at(undefined, { EDGEX_CONFIG_PROVIDER: "consul.http://h:8500" }),
    /^AppError: EDGEX_CONFIG_PROVIDER/,
  );
});

test("EdgeX's times: 60 s, every second, or what the environment says", () => {
  const times = (environment: Record<string, string>) => {
    const { durationMs, intervalMs } = keeperOption("http://h:1", environment) ?? {};
    return [durationMs, intervalMs];
  };
  assert.deepEqual(times({}), [60_000, 1_000]);
  assert.deepEqual(times({ EDGEX_STARTUP_DURATION: "5", EDGEX_STARTUP_INTERVAL: "2" }), [5_000, 2_000]);
  for (const wrong of ["0", "-1", "1.5", "5s", "99999999"]) {
    assert.throws(() => times({ EDGEX_STARTUP_DURATION: wrong }), /EDGEX_STARTUP_DURATION is ".*"; it should be whole/);
  }
});
