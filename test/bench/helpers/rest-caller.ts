/** Calls a service over HTTP from a process of its own, and tells how long each answer took. */
import { answer } from "../parts/helper.ts";

export interface RestQuestion {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly body?: string;
}

export interface RestAnswer {
  readonly status: number;
  readonly text: string;
  /** From the call to the last byte of the answer. */
  readonly ms: number;
}

answer(async ({ method, url, body }: RestQuestion): Promise<RestAnswer> => {
  const start = performance.now();
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  return { status: response.status, text, ms: performance.now() - start };
});
