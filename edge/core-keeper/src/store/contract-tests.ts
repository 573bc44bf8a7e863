import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Change, KeeperStore } from "./keeper-store.ts";

const put = (key: string, value: string): Change => ({ type: "put", entry: { key, value, created: 1, modified: 2 } });
const entry = (key: string, value: string) => ({ key, value, created: 1, modified: 2 });

/** What every store of keeper must do, whatever keeps the rows. `open` gives an empty one. */
export function testKeeperStore(label: string, open: (t: TestContext) => Promise<KeeperStore>): void {
  test(`${label} lists keys by their last write and registrations by their first`, async (t) => {
    await using store = await open(t);
    await store.apply([put("a", "1"), put("b", ""), put("c", "x")]);
    await store.apply([put("a", "2"), { type: "delete", key: "c" }, { type: "delete", key: "never there" }]);
    await store.apply([
      { type: "register", serviceId: "s", content: "{}" },
      { type: "register", serviceId: "t", content: "{}" },
      { type: "register", serviceId: "s", content: '{"n":1}' },
      { type: "register", serviceId: "t", content: undefined },
    ]);
    assert.deepEqual(await store.load(), { entries: [entry("b", ""), entry("a", "2")], registrations: ['{"n":1}'] });
  });

  test(`${label} keeps every character, U+0000 too`, async (t) => {
    await using store = await open(t);
    const odd = "\0 \u0010 \u00100 泵🚰 '; --";
    await store.apply([put("a", odd), put("b", "\0")]);
    assert.deepEqual((await store.load()).entries, [entry("a", odd), entry("b", "\0")]);
  });
}

/** Of one that keeps them on a disk. `place` gives what opens the same store again and again. */
export function testDurableKeeperStore(label: string, place: (t: TestContext) => Promise<() => Promise<KeeperStore>>) {
  test(`${label}: a request's changes stand or fall together`, async (t) => {
    await using store = await (await place(t))();
    await store.apply([put("a", "1")]);
    await assert.rejects(store.apply([put("a", "2"), put("b", "\ud800")]), /surrogate/);
    assert.deepEqual((await store.load()).entries, [entry("a", "1")]);
  });

  test(`${label}: what was acknowledged is there after opening again`, async (t) => {
    const open = await place(t);
    {
      await using store = await open();
      await store.apply([put("a", "1")]);
    }
    await using store = await open();
    assert.deepEqual((await store.load()).entries, [entry("a", "1")]);
  });
}
