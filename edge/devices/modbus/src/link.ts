import type { Socket } from "node:net";
import type { RequestContext } from "@jx/device-sdk";
import { AppError, isAppError, messageOf, toAppError } from "@jx/kit";
import { connectionError } from "./connect.ts";
import { exceptionOf } from "./exceptions.ts";
import { BAD_STREAM_CODE, encodeFrame, type Frame, FrameDecoder } from "./mbap.ts";
import { BAD_ANSWER_CODE, badAnswer, decodeResponse, describeRequest, encodeRequest, type Request } from "./pdu.ts";

export interface LinkOptions {
  /** Host and port, for messages. */
  readonly peer: string;
  /** Milliseconds unused after which the link closes itself; 0 never. */
  readonly idleTimeoutMs: number;
}

/** Counts since the link was opened. */
export interface LinkCounters {
  requests: number;
  /** Valid answers, values and exceptions. */
  answers: number;
  exceptions: number;
  timeouts: number;
  /** Discarded: to no request that waits, late or twice or never asked. */
  strayAnswers: number;
  /** Discarded: to a waiting request, but of another unit or function, or of a wrong length. */
  badAnswers: number;
}

interface Waiting {
  readonly unit: number;
  readonly request: Request;
  readonly what: string;
  settle(outcome: Uint8Array | AppError): void;
}

/** Dead or deaf: after so many time-outs without any answer between them the link closes; the SDK opens a fresh one. */
const MAX_SILENT = 3;
/** Transactions given up whose answer may still come; their numbers are not used again on this link. */
const MAX_ABANDONED = 64;

/**
 * One socket to one Modbus TCP server. An answer is taken only when a request with its transaction number waits and
 * unit, function and length are that request's (Messaging Guide V1.0b, 4.4.1.3); all else is discarded and counted.
 */
export class Link implements AsyncDisposable {
  readonly counters: LinkCounters = {
    requests: 0,
    answers: 0,
    exceptions: 0,
    timeouts: 0,
    strayAnswers: 0,
    badAnswers: 0,
  };
  /** Resolves with the reason, undefined when we closed it ourselves (disposed or idle). */
  readonly closed: Promise<AppError | undefined>;
  readonly #socket: Socket;
  readonly #peer: string;
  readonly #decoder = new FrameDecoder();
  readonly #waiting = new Map<number, Waiting>();
  readonly #abandoned = new Set<number>();
  readonly #resolveClosed: (reason: AppError | undefined) => void;
  #open = true;
  #next = 0;
  #silent = 0;

  constructor(options: LinkOptions, deps: { socket: Socket }) {
    this.#socket = deps.socket;
    this.#peer = options.peer;
    const { promise, resolve } = Promise.withResolvers<AppError | undefined>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#socket.on("data", (chunk) => this.#receive(chunk));
    this.#socket.on("error", (error) => this.#close(connectionError(this.#peer, error)));
    this.#socket.on("close", () => this.#close(new AppError("Communication", `${this.#peer} closed the connection`)));
    if (options.idleTimeoutMs > 0) {
      this.#socket.setTimeout(options.idleTimeoutMs, () => {
        if (this.#waiting.size === 0) this.#close(undefined);
      });
    }
  }

  /**
   * Sends one request and resolves with the data bytes of its valid answer (empty for writes).
   * Throws the device's exception (see exceptions.ts), Timeout, Aborted, or Communication.
   */
  exchange(unit: number, request: Request, context: RequestContext): Promise<Uint8Array> {
    const what = `${describeRequest(request)} of unit ${unit} at ${this.#peer}`;
    return new Promise((resolve, reject) => {
      if (!this.#open) throw new AppError("Communication", `${what}: the connection is closed`);
      if (context.signal.aborted) throw new AppError("Aborted", `${what}: aborted`, { cause: context.signal.reason });
      const frame = { transaction: this.#nextTransaction(), unit, pdu: encodeRequest(request) };
      const settle = (outcome: Uint8Array | AppError): void => {
        clearTimeout(timer);
        context.signal.removeEventListener("abort", onAbort);
        this.#waiting.delete(frame.transaction);
        if (isAppError(outcome)) reject(outcome);
        else resolve(outcome);
      };
      const giveUp = (failure: AppError): void => {
        settle(failure);
        this.#abandon(frame.transaction);
        if (failure.kind === "Timeout") this.#countSilence();
      };
      const timedOut = (): void => giveUp(new AppError("Timeout", `${what}: no answer within ${context.timeoutMs} ms`));
      // The SDK's own clock may be the first to ring.
      const onAbort = (): void => {
        if (isAppError(context.signal.reason, "Timeout")) timedOut();
        else giveUp(new AppError("Aborted", `${what}: aborted`, { cause: context.signal.reason }));
      };
      const timer = setTimeout(timedOut, context.timeoutMs);
      context.signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(frame.transaction, { unit, request, what, settle });
      this.counters.requests += 1;
      this.#socket.write(encodeFrame(frame));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close(undefined);
  }

  #nextTransaction(): number {
    do this.#next = (this.#next + 1) & 0xffff;
    while (this.#waiting.has(this.#next) || this.#abandoned.has(this.#next));
    return this.#next;
  }

  #countSilence(): void {
    this.counters.timeouts += 1;
    this.#silent += 1;
    if (this.#silent < MAX_SILENT) return;
    this.#close(new AppError("Timeout", `${this.#peer}: ${MAX_SILENT} requests without an answer`));
  }

  #abandon(transaction: number): void {
    this.#abandoned.add(transaction);
    if (this.#abandoned.size > MAX_ABANDONED)
      this.#close(new AppError("Timeout", `${this.#peer}: ${MAX_ABANDONED} answers are missing`));
  }

  #receive(chunk: Uint8Array): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#accept(frame);
    } catch (error) {
      this.#close(
        new AppError("Communication", `${this.#peer}: ${messageOf(error)}`, { code: BAD_STREAM_CODE, cause: error }),
      );
    }
  }

  #accept(frame: Frame): void {
    const waiting = this.#waiting.get(frame.transaction);
    if (waiting === undefined) {
      this.counters.strayAnswers += 1;
      // Late is not silent: whoever answers so keeps the connection for the other units behind it.
      if (this.#abandoned.delete(frame.transaction)) this.#silent = 0;
      return;
    }
    this.#silent = 0;
    try {
      if (frame.unit !== waiting.unit) throw badAnswer(waiting.what, frame.pdu, `it is from unit ${frame.unit}`);
      const data = decodeResponse(waiting.request, frame.pdu, waiting.what);
      this.counters.answers += 1;
      waiting.settle(data);
    } catch (error) {
      const failure = toAppError(error);
      if (exceptionOf(failure) !== undefined) {
        this.counters.answers += 1;
        this.counters.exceptions += 1;
      } else if (failure.code === BAD_ANSWER_CODE) {
        this.counters.badAnswers += 1;
      }
      waiting.settle(failure);
    }
  }

  #close(reason: AppError | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.destroy();
    const failure = reason ?? new AppError("Aborted", `${this.#peer}: connection closed`);
    for (const waiting of [...this.#waiting.values()]) waiting.settle(failure);
    this.#resolveClosed(reason);
  }
}
