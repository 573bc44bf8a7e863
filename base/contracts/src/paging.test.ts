/** Texts and rules from edgex-behaviour.md §0. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { checkOffset, rowsAtMost } from "./paging.ts";

test("a limit of −1 stands for as many as one answer may hold; more, or less than −1, is refused", () => {
  assert.deepEqual([rowsAtMost(-1, 7), rowsAtMost(0, 7), rowsAtMost(7, 7)], [7, 0, 7]);
  for (const limit of [-2, 8, 99_999_999_999]) {
    const message = `querystring limit's value ${limit} is out of min -1 ~ max 7 range.`;
    assert.throws(
      () => rowsAtMost(limit, 7),
      (error) => isAppError(error, "ContractInvalid") && error.message === message,
    );
  }
});

test("an offset beyond the end is refused, unless nothing is there or asked for", () => {
  checkOffset({ offset: 6, limit: 1 }, 6);
  checkOffset({ offset: 99, limit: 0 }, 6);
  checkOffset({ offset: 99, limit: 20 }, 0);
  checkOffset({ offset: -1, limit: 20 }, 6);
  assert.throws(
    () => checkOffset({ offset: 99, limit: 20 }, 6),
    (error) =>
      isAppError(error, "RangeNotSatisfiable") &&
      error.message === "query objects bounds out of range. length:6 offset:99",
  );
});
