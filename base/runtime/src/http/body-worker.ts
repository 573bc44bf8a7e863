import { parentPort } from "node:worker_threads";
import { toAppError } from "@jx/kit";
import { parseBody } from "./body.ts";
import type { LargeBodyAnswer, LargeBodyRequest } from "./large-bodies.ts";

parentPort?.on("message", async ({ id, wire, bytes, contentType }: LargeBodyRequest) => {
  const reply = await answer(id, parseBody(wire, bytes, contentType));
  parentPort?.postMessage(reply, "value" in reply ? buffersOf(reply.value) : []);
});

/** Of binary readings: an image moves to the main thread, it is not copied. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const readings = (value as { event?: { readings?: readonly { value: unknown }[] } } | null)?.event?.readings ?? [];
  const found = new Set<ArrayBuffer>();
  for (const { value: bytes } of readings) {
    if (
      bytes instanceof Uint8Array &&
      bytes.buffer instanceof ArrayBuffer &&
      bytes.length === bytes.buffer.byteLength
    ) {
      found.add(bytes.buffer);
    }
  }
  return [...found];
}

async function answer(id: number, parsed: Promise<unknown>): Promise<LargeBodyAnswer> {
  try {
    return { id, value: await parsed };
  } catch (error) {
    const { kind, message, code, details } = toAppError(error);
    return { id, error: { kind, message, code, details } };
  }
}
