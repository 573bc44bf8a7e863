import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, isAppError } from "@jx/kit";
import { everyRow, type WholePage } from "./every-row.ts";

/** A list as EdgeX pages it (edgex-behaviour.md §0); `between` changes it after each page. */
function list(names: string[], most: number, between: (names: string[], pages: number) => void = () => undefined) {
  let pages = 0;
  return {
    pages: () => pages,
    async read({ offset, limit }: WholePage) {
      assert.equal(limit, -1, "a service of another MaxResultCount refuses a number");
      if (offset > names.length && names.length > 0) throw new AppError("RangeNotSatisfiable", "out of range");
      const page = { totalCount: names.length, rows: names.slice(offset, offset + most).map((name) => ({ name })) };
      pages += 1;
      between(names, pages);
      return page;
    },
  };
}
const named = (count: number): string[] => Array.from({ length: count }, (_, i) => `d${i}`);
const namesOf = (rows: readonly { readonly name: string }[]): string[] => rows.map(({ name }) => name);

test("every row comes once, whatever a page holds", async () => {
  for (const [count, most] of [
    [0, 10],
    [1, 10],
    [10, 10],
    [11, 10],
    [25, 10],
    [3, 2],
  ] as const) {
    assert.deepEqual(namesOf(await everyRow(list(named(count), most).read)), named(count), `${count} by ${most}`);
  }
});

test("a row that goes while the list is read takes no other along, though another comes", async () => {
  const { read } = list(named(25), 10, (names, pages) => {
    if (pages !== 1) return;
    names.splice(3, 1);
    names.push("new");
  });
  assert.deepEqual(namesOf(await everyRow(read)), [...named(25).filter((name) => name !== "d3"), "new"]);
});

test("a list that shrinks below the next page is read anew", async () => {
  const { read } = list(named(25), 10, (names, pages) => {
    if (pages === 1) names.splice(4);
  });
  assert.deepEqual(namesOf(await everyRow(read)), ["d0", "d1", "d2", "d3"]);
});

test("a list that never holds still is refused in the end, and so is what cannot be read", async () => {
  const restless = list(named(100), 10, (names) => void names.shift());
  await assert.rejects(everyRow(restless.read), (error) => isAppError(error, "ServiceUnavailable"));
  assert.equal(restless.pages(), 10);
  const broken = everyRow(() => Promise.reject(new AppError("Timeout", "no answer")));
  await assert.rejects(broken, (error) => isAppError(error, "Timeout"));
});

test("rows that are counted and never listed do not make it ask for ever", async () => {
  let pages = 0;
  const rows = await everyRow(async ({ offset }) => {
    pages += 1;
    return {
      totalCount: 9,
      rows: named(4)
        .slice(offset)
        .map((name) => ({ name })),
    };
  });
  assert.deepEqual([namesOf(rows), pages], [named(4), 2]);
});
