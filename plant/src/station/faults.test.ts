import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FAULTS, type Fault, faultKey, parseFault } from "./faults.ts";

const GOOD: readonly (readonly [Fault, string])[] = [
  [{ fault: "overheat", pump: 2 }, "overheat:pump2"],
  [{ fault: "frozen", sensor: "header.HeaderFlow" }, "frozen:header.HeaderFlow"],
  [{ fault: "noise", sensor: "pump1.Speed", sigma: 3.5 }, "noise:pump1.Speed"],
  [{ fault: "noise", sensor: "pump1.Speed" }, "noise:pump1.Speed"],
  [{ fault: "drop" }, "drop"],
  [{ fault: "drop", seconds: 0.5 }, "drop"],
  [{ fault: "slow", ms: 250 }, "slow"],
  [{ fault: "slow", ms: 250, unit: 1 }, "slow:unit1"],
  [{ fault: "exception", code: 4, unit: 3 }, "exception:unit3"],
];

test("each good fault passes as it is, without what does not belong to it, and has its key", () => {
  for (const [fault, key] of GOOD) {
    assert.deepEqual(parseFault({ ...fault, id: 1, do: "inject" }), fault);
    assert.equal(faultKey(fault), key);
  }
  assert.deepEqual(new Set(GOOD.map(([fault]) => fault.fault)), new Set(FAULTS.map((entry) => entry.fault)));
});

const BAD: readonly (readonly [Record<string, unknown>, RegExp])[] = [
  [{}, /fault missing is not known; use one of overheat, /],
  [{ fault: "meltdown" }, /"meltdown" is not known/],
  [{ fault: "overheat" }, /"pump" is missing; it must be a whole number from 1 to 2/],
  [{ fault: "overheat", pump: 1.5 }, /"pump" is 1.5/],
  [{ fault: "frozen", sensor: "pump1.Running" }, /sensor "pump1.Running" is not known; use one of pump1.BearingTempDE/],
  [{ fault: "noise", sensor: "pump1.Speed", sigma: -1 }, /"sigma" is -1/],
  [{ fault: "slow", ms: 1e9 }, /"ms" is 1000000000; it must be a number from 1 to 60000/],
  [{ fault: "slow", ms: Number.NaN }, /"ms"/],
  [{ fault: "exception", code: 0 }, /"code" is 0/],
  [{ fault: "exception", code: 2, unit: "1" }, /"unit" is "1"/],
];

test("a bad fault is refused with the field and what would be right", () => {
  for (const [fault, message] of BAD) assert.throws(() => parseFault(fault), message);
});

test("whatever comes, it is a fault or a ContractInvalid with a short message", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), fc.constantFrom(...FAULTS), (extra, { fault }) => {
      try {
        faultKey(parseFault({ ...extra, fault }));
      } catch (error) {
        assert.equal((error as { kind?: string }).kind, "ContractInvalid");
        assert.ok((error as Error).message.length < 600);
      }
    }),
  );
});
