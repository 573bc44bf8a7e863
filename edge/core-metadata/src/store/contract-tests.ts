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

  test(`${label}: what one call changes again and again ends as its last word, in its place`, async (t) => {
    await using store = await open(t);
    const put = (name: string, n: number) => ({ kind: "device", name, content: `{"${name}":${n}}` }) as const;
    const remove = (name: string) => ({ kind: "device", name, content: undefined }) as const;
    await store.apply([put("a", 1), put("b", 1), put("c", 1)]);
    await store.apply([
      put("d", 1),
      remove("a"),
      put("b", 2),
      put("e", 1),
      put("a", 2),
      put("d", 2),
      remove("e"),
      put("b", 3),
      remove("c"),
      put("c", 2),
      put("e", 2),
      remove("c"),
    ]);
    const contents = (await store.load()).map(({ content }) => content);
    assert.deepEqual(contents, ['{"b":3}', '{"d":2}', '{"a":2}', '{"e":2}']);
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
