/** Expectations: device-sdk-go 4.0.2 pkg/service/async.go (checkAllowList, checkBlockList); edgex-device-sdk.md §7. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProvisionWatcher } from "@jx/contracts";
import type { DiscoveredDevice } from "../driver.ts";
import { makeReady, Watchers, wants } from "./watchers.ts";

const watcher = (change: Partial<ProvisionWatcher> = {}): ProvisionWatcher => ({
  name: "w",
  serviceName: "s",
  identifiers: { Address: "^10\\.0\\.", Port: "50[0-9]" },
  adminState: "UNLOCKED",
  discoveredDevice: { profileName: "p", adminState: "UNLOCKED" },
  ...change,
});
const found = (protocols: DiscoveredDevice["protocols"]): DiscoveredDevice => ({ name: "d", protocols });
const tcp = { Address: "10.0.0.5", Port: 15021 };

const cases: readonly [what: string, ProvisionWatcher, DiscoveredDevice["protocols"], boolean][] = [
  ["all identifiers in one protocol, matched anywhere in the printed value", watcher(), { tcp }, true],
  ["whatever the protocol is called", watcher(), { x: { a: 1 }, y: tcp }, true],
  ["one identifier is missing", watcher(), { tcp: { Address: "10.0.0.5" } }, false],
  ["identifiers spread over protocols", watcher(), { a: { Address: "10.0.0.5" }, b: { Port: "502" } }, false],
  ["one does not match", watcher(), { tcp: { ...tcp, Address: "110.0.0.5" } }, false],
  ["an empty value is no value", watcher({ identifiers: { Address: "" } }), { tcp: { Address: "" } }, false],
  ["no protocol at all", watcher(), {}, false],
  ["blocked by an equal value", watcher({ blockingIdentifiers: { Port: ["502", "15021"] } }), { tcp }, false],
  ["in any protocol", watcher({ blockingIdentifiers: { Unit: ["1"] } }), { tcp, other: { Unit: 1 } }, false],
  ["a blocking value is no pattern", watcher({ blockingIdentifiers: { Port: ["15.*", ""] } }), { tcp }, true],
  ["locked", watcher({ adminState: "LOCKED" }), { tcp }, false],
  ["a pattern that is none", watcher({ identifiers: { Address: "(" } }), { tcp }, false],
  ["true and nested values are printed", watcher({ identifiers: { a: "^true$" } }), { p: { a: true } }, true],
];
for (const [what, given, protocols, wanted] of cases) {
  test(`a watcher and a find: ${what}`, () => assert.equal(wants(makeReady(given), found(protocols)), wanted));
}

test("a broken pattern is told when the watcher comes", () => {
  const watchers = new Watchers();
  assert.deepEqual(watchers.put(watcher({ identifiers: { Address: "(", Port: "1" } })), ["Address"]);
  assert.deepEqual(watchers.put(watcher()), []);
  assert.deepEqual(watchers.matching(found({ tcp }), assert.fail).length, 1);
  watchers.remove("w");
  assert.deepEqual(watchers.matching(found({ tcp }), assert.fail), []);
});

test("a watcher whose pattern takes too long is passed over, and the others are asked", () => {
  const watchers = new Watchers();
  watchers.put(watcher({ name: "slow", identifiers: { Address: `(${"a?".repeat(200)})*b` } }));
  watchers.put(watcher({ name: "other", identifiers: { Address: "^a" } }));
  const passedOver: string[] = [];
  const wanted = watchers.matching(
    found({ tcp: { Address: "a".repeat(5_000) } }),
    (name) => void passedOver.push(name),
  );
  assert.deepEqual([wanted.map(({ name }) => name), passedOver], [["other"], ["slow"]]);
});
