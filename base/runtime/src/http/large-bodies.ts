import { Worker } from "node:worker_threads";
import type { WireName } from "@jx/contracts";
import { AppError, type Deferred, deferred } from "@jx/kit";

/** Bodies beyond this are parsed beside the main loop: 256 kB of JSON take about 2 ms, 25 MB 200 ms (DESIGN §3). */
export const LARGE_BODY_BYTES = 262_144;
/** YAML takes a hundred times as long, about a millisecond a kB. */
export const LARGE_FILE_BYTES = 4_096;

export interface LargeBodyRequest {
  readonly id: number;
  readonly wire: WireName | undefined;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export type LargeBodyAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: AnswerError };

type AnswerError = Pick<AppError, "kind" | "message" | "code" | "details">;

const IDLE_MS = 30_000;
/** Each holds up to 25 MB. */
const MAX_WAITING = 8;

const waiting = new Map<number, Deferred<unknown>>();
let worker: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let lastId = 0;

/**
 * Parses a large body in a worker that starts with the first one and ends after half a minute without. One for the whole
 * process: large bodies are rare, and two at once would only compete for the same cores.
 * @throws AppError ContractInvalid as parseBody does; ServiceUnavailable when too many wait
 */
export function parseLargeBody(wire: WireName | undefined, bytes: Uint8Array, contentType: string): Promise<unknown> {
  if (waiting.size >= MAX_WAITING) {
    throw new AppError("ServiceUnavailable", `${MAX_WAITING} large requests are being read; try again in a moment`);
  }
  clearTimeout(idle);
  worker ??= startWorker();
  worker.ref();
  lastId += 1;
  const answer = deferred<unknown>();
  waiting.set(lastId, answer);
  // The request is done with the bytes: they move. Node's pool never holds a buffer this large.
  const moved = bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength ? [bytes.buffer] : [];
  worker.postMessage({ id: lastId, wire, bytes, contentType } satisfies LargeBodyRequest, moved);
  return answer.promise;
}

function startWorker(): Worker {
  const started = new Worker(new URL("./body-worker.ts", import.meta.url), { name: "large bodies", execArgv: [] });
  started.on("message", (answer: LargeBodyAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer) {
      const { kind, message, code, details } = answer.error;
      asked?.reject(
        new AppError(kind, message, {
          ...(code === undefined ? {} : { code }),
          ...(details === undefined ? {} : { details }),
        }),
      );
    } else asked?.resolve(answer.value);
    if (waiting.size > 0) return;
    // Waiting for a next body is no reason to keep the process.
    started.unref();
    idle = setTimeout(() => end(started, "idle"), IDLE_MS).unref();
  });
  started.on("error", (error) => end(started, error.message));
  return started;
}

function end(ended: Worker, reason: string): void {
  if (worker === ended) worker = undefined;
  void ended.terminate();
  for (const asked of waiting.values())
    asked.reject(new AppError("ServerError", `reading a large request failed: ${reason}`));
  waiting.clear();
}
