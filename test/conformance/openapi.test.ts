import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compareShapes } from "./compare.ts";
import { shapesOf } from "./openapi.ts";
import { outdated, reportText, unlisted } from "./report.ts";
import { compareAll, REPORT } from "./services.ts";

const comparisons = compareAll();

test("every difference from EdgeX's OpenAPI files is listed with its reason", (t) => {
  assert.deepEqual(unlisted(comparisons), []);
  const compared = comparisons.map(({ service, compared }) => `${service} ${compared.length}`);
  t.diagnostic(`operations compared: ${compared.join(", ")}`);
});

test("every listed difference is still there", () => {
  assert.deepEqual(outdated(comparisons), []);
});

test("no operation of an EdgeX service is ours alone but one that EdgeX's file forgot", () => {
  const alone = comparisons.flatMap(({ differences }) => differences).filter(({ what }) => /ours alone/.test(what));
  assert.deepEqual(
    alone.map(({ service, operation }) => `${service} ${operation}`),
    ["core-keeper POST /secret"],
  );
});

test("the published list is up to date", () => {
  const written = readFileSync(REPORT, "utf8");
  assert.equal(written, reportText(comparisons), "run: node test/conformance/write-report.ts");
});

/** A document of one operation, to see that the harness sees. */
function documentOf(operation: object, path = "/api/v3/a/{name}"): Record<string, unknown> {
  return { paths: { [path]: { get: operation } }, components: { schemas: { Base: BASE, Item: ITEM } } };
}
const BASE = { type: "object", properties: { apiVersion: { type: "string" } }, required: ["apiVersion"] };
const ITEM = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
const body = (schema: object) => ({ content: { "application/json": { schema } } });
const original = {
  parameters: [{ name: "limit", in: "query", schema: { type: "integer" } }],
  requestBody: body({
    type: "array",
    items: {
      allOf: [{ $ref: "#/components/schemas/Base" }],
      properties: { item: { $ref: "#/components/schemas/Item" } },
      required: ["item"],
    },
  }),
  responses: { "200": body({ $ref: "#/components/schemas/Base" }), "404": {} },
};
const variants: readonly (readonly [name: string, operation: object, found: readonly string[], path?: string])[] = [
  ["nothing", original, []],
  ["a parameter's name", original, ["path parameter name is called id"], "/api/v3/a/{id}"],
  ["a missing parameter", { ...original, parameters: [] }, ["query limit is not there"]],
  [
    "a parameter's type",
    { ...original, parameters: [{ name: "limit", in: "query", schema: { type: "string" } }] },
    ["query limit is string, not integer"],
  ],
  [
    "a required field, deep in a list",
    {
      ...original,
      requestBody: body({
        type: "array",
        items: { required: ["apiVersion", "item"], properties: { item: { properties: { name: {} } } } },
      }),
    },
    ["request field [].item.name is not required"],
  ],
  [
    "status and answer",
    { ...original, responses: { "201": body({ properties: { id: {} } }), "409": {} } },
    [
      "success status 200 is not there",
      "success status 201 is there only here",
      "answer field apiVersion is not there",
      "answer field id is there only here",
      "error status 404 is not there",
      "error status 409 is there only here",
    ],
  ],
];
for (const [name, operation, found, path] of variants) {
  test(`the harness sees ${name}`, () => {
    const [theirs] = shapesOf(documentOf(original), "/api/v3").values();
    const [ours] = shapesOf(documentOf(operation, path), "/api/v3").values();
    assert.ok(theirs && ours);
    assert.equal(theirs.key, ours.key);
    assert.deepEqual(compareShapes(theirs, ours), found);
  });
}
