import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceOption, withInstance } from "./instance-option.ts";

// device-sdk-go pkg/service/service.go setServiceName: the variable goes before the flag; an empty one is none.
test("an option or EdgeX's variable names the instance; the variable wins", () => {
  assert.equal(instanceOption(undefined, {}), undefined);
  assert.equal(instanceOption("a", { EDGEX_INSTANCE_NAME: "" }), "a");
  assert.equal(instanceOption("a", { EDGEX_INSTANCE_NAME: "line-2" }), "line-2");
  for (const wrong of ["", "a/b", "二", "a b", "..", "a".repeat(65)]) {
    assert.throws(() => instanceOption(wrong, {}), /--instance is ".*"; it should be/s, wrong);
  }
  assert.throws(() => instanceOption("a", { EDGEX_INSTANCE_NAME: "a/b" }), /EDGEX_INSTANCE_NAME is "a\/b"/);
});

test("an instance has the settings of its service's section and its own over them", () => {
  const file = { d: new Map(Object.entries({ x: "1", y: "1" })), d_2: new Map([["y", "2"]]) };
  assert.equal(withInstance(file, ["d"], undefined), file);
  assert.deepEqual(withInstance(file, ["d", "e"], "2"), {
    d: file.d,
    d_2: new Map(Object.entries({ x: "1", y: "2" })),
    e_2: new Map(),
  });
});
