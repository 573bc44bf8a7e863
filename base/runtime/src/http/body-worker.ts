import { parentPort } from "node:worker_threads";
import { toAppError } from "@jx/kit";
import { parseBody } from "./body.ts";
import type { LargeBodyAnswer, LargeBodyRequest } from "./large-bodies.ts";

parentPort?.on("message", ({ id, wire, bytes, contentType }: LargeBodyRequest) => {
  parentPort?.postMessage(answer(id, () => parseBody(wire, bytes, contentType)));
});

function answer(id: number, parse: () => unknown): LargeBodyAnswer {
  try {
    return { id, value: parse() };
  } catch (error) {
    const { kind, message, code } = toAppError(error);
    return { id, error: { kind, message, code } };
  }
}
