import assert from "node:assert/strict";
import type { Table } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import type { RawRequest } from "../raw.ts";
import { said } from "../raw.ts";

export interface BadBodies {
  readonly method: NonNullable<RawRequest["method"]>;
  /** Under "/api/v3"; what it names need not be there. */
  path(name: (text: string) => string): string;
  /** Body → the whole answer, "400 {…}", or what it looks like. */
  readonly answers: Readonly<Record<string, string | RegExp>>;
}

/** JSON is meant whatever the content type says: these are tried for each body, as upstream reads none of them. */
const TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded"];

/** What is no request at all: no JSON, null, a list where an object is meant, nothing. */
export function badBodyStep<T extends Table>({ method, path, answers }: BadBodies): Step<T> {
  const shown = path((text) => text);
  return {
    name: `${method} ${shown}: bodies that are none, whatever their content type`,
    zh: `${method} ${shown}：请求体无效，不论内容类型`,
    access: "write",
    over: "HTTP",
    run: async ({ raw, name }: Contract<T>) => {
      const url = path((text) => encodeURIComponent(name(text)));
      for (const [body, expected] of Object.entries(answers)) {
        for (const type of TYPES) {
          const got = (await said(raw(url, { method, body, headers: { "content-type": type } }))).trim();
          const at = `${JSON.stringify(body)} as ${type}`;
          if (typeof expected === "string") assert.equal(got, expected, at);
          else assert.match(got, expected, at);
        }
      }
    },
  };
}

export const NOT_JSON = "invalid character 'x' looking for beginning of value";
