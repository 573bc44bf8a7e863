import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@jx/kit";
import type { RetainPolicy } from "./event-store.ts";
import { REMOVE_STEP, Removal } from "./removal.ts";

function removal(stored: number) {
  const did: string[] = [];
  let left = stored;
  const made = new Removal({
    async step(_policy: RetainPolicy) {
      const gone = Math.min(left, REMOVE_STEP);
      left -= gone;
      did.push(`step ${gone}`);
      return gone;
    },
    async tidy() {
      did.push("tidy");
    },
  });
  return {
    did,
    removal: made,
    fill: (count: number) => {
      left = count;
    },
  };
}

test("all that a policy selects goes, in steps; a step that is full may not have been the last", async () => {
  const one = removal(REMOVE_STEP);
  assert.equal(await one.removal.run({}), REMOVE_STEP);
  assert.deepEqual(one.did, [`step ${REMOVE_STEP}`, "step 0", "tidy"]);
});

test("names are cleared once for many deletions in a row, the rest at the end; nothing gone, nothing cleared", async () => {
  const many = removal(0);
  for (let i = 0; i < 20; i += 1) {
    many.fill(1);
    assert.equal(await many.removal.run({}), 1);
  }
  assert.equal(many.did.filter((each) => each === "tidy").length, 1);
  await many.removal.finish();
  await many.removal.finish();
  assert.equal(many.did.filter((each) => each === "tidy").length, 2);
  const none = removal(0);
  await none.removal.run({});
  await none.removal.finish();
  assert.deepEqual(none.did, ["step 0"]);
});

test("a store that is away at the end keeps nobody from closing it", async () => {
  const away = new Removal({
    step: async () => 1,
    tidy: () => Promise.reject(new AppError("ServiceUnavailable", "away")),
  });
  await assert.rejects(away.run({}));
  await away.finish();
});
