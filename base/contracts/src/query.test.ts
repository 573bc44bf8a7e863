/** Messages from edgex-behaviour.md §0, §2.2 and edgex-configuration.md §3. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { keeperOperations } from "./operations/keeper.ts";
import { Labels, Paging } from "./operations/parts.ts";
import { parseParams, parseQuery } from "./query.ts";
import { Int64, Type } from "./schema.ts";

const list = Type.Object({ ...Paging, ...Labels });
const parse = (text: string): Record<string, unknown> => parseQuery(list, new URLSearchParams(text));

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(isAppError(error, "ContractInvalid"));
    return error.message;
  }
  return "";
}

test("defaults, blanks and repeated keys", () => {
  assert.deepEqual(parse(""), { offset: 0, limit: 20 });
  assert.deepEqual(parse("offset=%205%20&limit=-1&offset=9&labels=a,b"), { offset: 5, limit: -1, labels: ["a", "b"] });
  assert.deepEqual(parse("labels=&limit="), { offset: 0, limit: 20 });
  assert.deepEqual(parse("labels=%20a,%20b,"), { offset: 0, limit: 20, labels: [" a", " b", ""] });
  assert.deepEqual(parse("limit=%2B7"), { offset: 0, limit: 7 });
});

const cases: readonly [text: string, message: string][] = [
  ["offset=2147483648", "querystring offset's value 2147483648 is out of min 0 ~ max 2147483647 range."],
  ["offset=-1", "querystring offset's value -1 is out of min 0 ~ max 2147483647 range."],
  [
    "limit=x",
    `failed to parse querystring limit's value x into integer. Error:strconv.Atoi: parsing "x": invalid syntax`,
  ],
  [
    "limit=1.5",
    `failed to parse querystring limit's value 1.5 into integer. Error:strconv.Atoi: parsing "1.5": invalid syntax`,
  ],
  [
    "limit=9223372036854775808",
    `failed to parse querystring limit's value 9223372036854775808 into integer. Error:strconv.Atoi: parsing "9223372036854775808": value out of range`,
  ],
];
for (const [text, message] of cases) {
  test(`query ${text} is refused`, () =>
    assert.equal(
      messageOf(() => parse(text)),
      message,
    ));
}

test("booleans as Go's strconv.ParseBool", () => {
  const query = keeperOperations.getKey.query;
  for (const yes of ["1", "t", "T", "true", "TRUE", "True"]) {
    assert.equal(parseQuery(query, new URLSearchParams({ keyOnly: yes }))["keyOnly"], true);
  }
  assert.equal(parseQuery(query, new URLSearchParams({ keyOnly: "F" }))["keyOnly"], false);
  assert.equal(
    messageOf(() => parseQuery(query, new URLSearchParams({ keyOnly: "x" }))),
    `failed to parse querystring keyOnly into bool. Error:strconv.ParseBool: parsing "x": invalid syntax`,
  );
});

test("64-bit path parameters keep every digit", () => {
  const params = Type.Object({ start: Int64 });
  assert.equal(parseParams(params, { start: "1795472304567279158" })["start"], 1795472304567279158n);
  assert.equal(
    messageOf(() => parseParams(params, { start: "x" })),
    `failed to parse path param start's value x into integer. Error:strconv.ParseInt: parsing "x": invalid syntax`,
  );
  assert.equal(
    messageOf(() => parseParams(params, { start: "-1" })),
    "path param start's value -1 is out of min 0 ~ max 9223372036854775807 range.",
  );
});
