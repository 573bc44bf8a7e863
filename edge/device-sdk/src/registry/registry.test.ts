import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { device, ScriptedDriver } from "../test-parts.ts";
import { coerceObject } from "./coerce.ts";
import { Registry } from "./registry.ts";

test("a profile stays as long as a device uses it", () => {
  const told: string[] = [];
  const registry = new Registry([new ScriptedDriver().driver], (name, bound) => {
    told.push(`${name} ${bound?.profile?.name ?? "-"}`);
  });
  registry.putDevice(device("a", { profileName: "p" }), { name: "p" });
  registry.putDevice(device("b", { profileName: "p" }), { name: "p" });
  registry.putProfile({ name: "p", model: "new" });
  registry.putProfile({ name: "unused" });
  assert.equal(registry.get("b")?.profile?.model, "new");
  assert.equal(registry.profile("unused"), undefined);
  registry.putDevice(device("a", { profileName: "q" }), { name: "q" });
  assert.ok(registry.profile("p"));
  registry.removeDevice("b");
  registry.removeDevice("b");
  assert.equal(registry.profile("p"), undefined);
  registry.putDevice(device("a", { profileName: "r" }), { name: "r" });
  assert.equal(registry.profile("q"), undefined);
  assert.deepEqual(told, ["a p", "b p", "a p", "b p", "a q", "b -", "a r"]);
});

test("properties are coerced only where they do not fit as they stand", () => {
  const schema = Type.Object({
    Port: Type.Integer({ minimum: 1, maximum: 65535 }),
    Address: Type.Union([Type.String(), Type.Number()]),
    Swap: Type.Optional(Type.Boolean()),
    Gap: Type.Optional(Type.Integer({ default: 0 })),
  });
  // A driver may tell the number 10.1 from the text "10.1".
  assert.deepEqual(coerceObject(schema, { Port: "502", Address: 10.1, Swap: "true", Extra: "x" }, "p"), {
    Port: 502,
    Address: 10.1,
    Swap: true,
    Gap: 0,
    Extra: "x",
  });
  assert.deepEqual(coerceObject(schema, { Port: 502, Address: "10.1", Swap: null }, "p"), {
    Port: 502,
    Address: "10.1",
    Gap: 0,
  });
  const wrong: [object, RegExp][] = [
    [{ Address: "a" }, /^p\.Port is missing; expected integer from 1 to 65535$/],
    [{ Port: "0", Address: "a" }, /^p\.Port is "0"; expected integer from 1 to 65535$/],
    [{ Port: 1, Address: {} }, /^p\.Address is \{\}; expected string or number$/],
    [{ Port: 1, Address: "a", Swap: "perhaps" }, /^p\.Swap is "perhaps"; expected boolean$/],
  ];
  for (const [given, message] of wrong) {
    assert.throws(() => coerceObject(schema, { ...given }, "p"), { kind: "ContractInvalid", message });
  }
});
