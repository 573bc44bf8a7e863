import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Change, DocumentStore } from "./document-store.ts";

/** What every document store must do, whatever keeps the rows. `open` gives an empty one. */
export function testDocumentStore(label: string, open: (t: TestContext) => Promise<DocumentStore>): void {
  test(`${label} keeps documents in order of insertion, by kind and name`, async (t) => {
    await using store = await open(t);
    await store.apply([{ kind: "device", name: "a", content: '{"n":1}' }]);
    await store.apply([
      { kind: "profile", name: "a", content: '{"n":2}' },
      { kind: "device", name: "中/#", content: '{"n":3}' },
      { kind: "device", name: "a", content: '{"n":4}' },
      { kind: "profile", name: "a", content: undefined },
      { kind: "profile", name: "never there", content: undefined },
    ]);
    await store.apply([]);
    assert.deepEqual(await store.load(), [
      { kind: "device", content: '{"n":4}' },
      { kind: "device", content: '{"n":3}' },
    ]);
  });
}

/** Of one that keeps them on a disk. `place` gives what opens the same store again and again. */
export function testDurableDocumentStore(
  label: string,
  place: (t: TestContext) => Promise<() => Promise<DocumentStore>>,
) {
  test(`${label}: what was acknowledged is there after opening again`, async (t) => {
    const open = await place(t);
    {
      await using store = await open();
      await store.apply([{ kind: "service", name: "s", content: "{}" }]);
      // All or none: what stands before a change that the table refuses is not kept either.
      const refused = { kind: "device", name: "d", content: null } as unknown as Change;
      await assert.rejects(store.apply([{ kind: "service", name: "t", content: "{}" }, refused]));
    }
    await using store = await open();
    assert.deepEqual(await store.load(), [{ kind: "service", content: "{}" }]);
  });
}
