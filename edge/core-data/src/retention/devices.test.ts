import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client, Device, MetadataOperations } from "@jx/contracts";
import { allDevices } from "./devices.ts";

/** Metadata with so many devices, of which `hidden` are counted and never listed. */
function metadata(count: number, hidden = 0) {
  const pages: { offset: number; limit: number }[] = [];
  const all = Array.from({ length: count }, (_, i) => ({ name: `d${i}` }) as Device);
  const client = {
    async allDevices(page: { offset: number; limit: number }) {
      pages.push(page);
      return { totalCount: count + hidden, devices: all.slice(page.offset, page.offset + page.limit) };
    },
  } as unknown as Client<MetadataOperations>;
  return { client, pages, all };
}

test("all devices come, in pages of EdgeX's most; none is asked for twice", async () => {
  for (const [count, pages] of [
    [0, 1],
    [1, 1],
    [1_024, 1],
    [2_500, 3],
  ] as const) {
    const { client, all, ...asked } = metadata(count);
    assert.deepEqual(await allDevices(client), all);
    assert.equal(asked.pages.length, pages, `${count} devices`);
    assert.ok(asked.pages.every(({ limit }) => limit <= 1_024));
  }
});

test("devices that go while they are listed do not make it ask for ever", async () => {
  const { client, pages } = metadata(10, 5);
  assert.equal((await allDevices(client)).length, 10);
  assert.equal(pages.length, 2);
});
