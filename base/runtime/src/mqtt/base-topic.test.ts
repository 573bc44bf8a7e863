/** BaseTopicPrefix: edgex-wire.md §2; edgex/configs is a constant of go-mod-configuration internal/pkg/keeper/client.go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BaseTopic } from "./base-topic.ts";

test("another base stands in the place of edgex, but before keeper's notices", () => {
  const base = new BaseTopic("plant/7");
  for (const [inside, outside] of [
    ["edgex/events/device/s/p/d/r", "plant/7/events/device/s/p/d/r"],
    ["edgex/configs/edgex/v4/core-data/Writable/LogLevel", "edgex/configs/edgex/v4/core-data/Writable/LogLevel"],
  ] as const) {
    assert.equal(base.toNetwork(inside), outside);
    assert.equal(base.fromNetwork(outside), inside);
  }
  assert.equal(base.fromNetwork("edgex/events/device/s/p/d/r"), undefined, "another system on the same broker");
  assert.equal(base.fromNetwork("plant/70/x"), undefined);
  assert.deepEqual(base.filters, ["plant/7/#", "edgex/configs/#"]);
});

test("without one, or with a slash at its end, everything is as it was", () => {
  for (const text of [undefined, "", "edgex", "edgex/"]) {
    const base = new BaseTopic(text);
    assert.deepEqual(base.filters, ["edgex/#"]);
    assert.equal(base.toNetwork("edgex/a"), "edgex/a");
    assert.equal(base.fromNetwork("edgex/a"), "edgex/a");
    assert.equal(base.fromNetwork("other/a"), undefined);
  }
});
