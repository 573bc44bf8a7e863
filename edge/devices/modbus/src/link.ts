import { connect, type Socket } from "node:net";
import { AppError, isAppError, messageOf, sleep } from "@jx/kit";
import { exceptionOf } from "./exceptions.ts";
import { BAD_STREAM_CODE, encodeFrame, type Frame, FrameDecoder } from "./mbap.ts";
import { BAD_ANSWER_CODE, badAnswer, decodeResponse, describeRequest, encodeRequest, type Request } from "./pdu.ts";

export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  /** Milliseconds unused after which the link closes itself; 0 never. */
  readonly idleTimeoutMs: number;
  /** Milliseconds between connecting and the first request. */
  readonly connectDelayMs: number;
}

export interface ExchangeContext {
  readonly signal: AbortSignal;
  /** Milliseconds from sending to the complete answer. */
  readonly timeoutMs: number;
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
  #reason: AppError | "open" | undefined = "open";
  #next = 0;
  #silent = 0;

  constructor(options: LinkOptions, deps: { socket: Socket }) {
    this.#socket = deps.socket;
    this.#peer = `${options.host}:${options.port}`;
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
  exchange(unit: number, request: Request, context: ExchangeContext): Promise<Uint8Array> {
    const what = `${describeRequest(request)} of unit ${unit} at ${this.#peer}`;
    return new Promise((resolve, reject) => {
      if (this.#reason !== "open")
        throw this.#reason ?? new AppError("Communication", `${what}: the connection is closed`);
      if (context.signal.aborted) throw new AppError("Aborted", `${what}: aborted`, { cause: context.signal.reason });
      const frame = { transaction: this.#nextTransaction(), unit, pdu: encodeRequest(request) };
      const settle = (outcome: Uint8Array | AppError): void => {
        clearTimeout(timer);
        context.signal.removeEventListener("abort", onAbort);
        this.#waiting.delete(frame.transaction);
        if (isAppError(outcome)) reject(outcome);
        else resolve(outcome);
      };
      const onAbort = (): void => {
        settle(new AppError("Aborted", `${what}: aborted`, { cause: context.signal.reason }));
        this.#abandon(frame.transaction);
      };
      const timer = setTimeout(() => {
        settle(new AppError("Timeout", `${what}: no answer within ${context.timeoutMs} ms`));
        this.counters.timeouts += 1;
        this.#silent += 1;
        this.#abandon(frame.transaction);
        if (this.#silent >= MAX_SILENT)
          this.#close(new AppError("Timeout", `${this.#peer}: ${MAX_SILENT} requests without an answer`));
      }, context.timeoutMs);
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
      this.#abandoned.delete(frame.transaction);
      return;
    }
    this.#silent = 0;
    try {
      if (frame.unit !== waiting.unit) throw badAnswer(waiting.what, frame.pdu, `it is from unit ${frame.unit}`);
      const data = decodeResponse(waiting.request, frame.pdu, waiting.what);
      this.counters.answers += 1;
      waiting.settle(data);
    } catch (error) {
      const failure = isAppError(error) ? error : connectionError(this.#peer, error);
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
    if (this.#reason !== "open") return;
    this.#reason = reason;
    this.#socket.destroy();
    const failure = reason ?? new AppError("Aborted", `${this.#peer}: connection closed`);
    for (const waiting of [...this.#waiting.values()]) waiting.settle(failure);
    this.#resolveClosed(reason);
  }
}

/** Connects; throws ServiceUnavailable with the likely cause, or Aborted/Timeout when the signal comes first. */
export async function openLink(options: LinkOptions, signal: AbortSignal): Promise<Link> {
  const peer = `${options.host}:${options.port}`;
  const socket = connect({ host: options.host, port: options.port });
  try {
    signal.throwIfAborted();
    await connected(socket, signal);
    // Messaging Guide V1.0b, 4.3.2: small requests must not wait, and a vanished peer must be noticed.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    if (options.connectDelayMs > 0) await sleep(options.connectDelayMs, signal);
    if (socket.destroyed) throw new AppError("Communication", "the connection was closed before the first request");
    return new Link(options, { socket });
  } catch (error) {
    socket.destroy();
    if (signal.aborted) {
      const timedOut = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
      throw new AppError(
        timedOut ? "Timeout" : "Aborted",
        `${peer}: ${timedOut ? "no connection in time; is the address right and the device on?" : "connecting was aborted"}`,
        { cause: signal.reason },
      );
    }
    throw connectionError(peer, error);
  }
}

function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => done(signal.reason);
    const done = (error?: unknown): void => {
      signal.removeEventListener("abort", onAbort);
      socket.off("connect", onConnect);
      socket.off("error", done);
      // Until a Link listens, a late error of a socket we gave up must not end the process.
      socket.on("error", () => undefined);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onConnect = (): void => done();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", onConnect);
    socket.once("error", done);
  });
}

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; check Port and whether the device allows Modbus TCP",
  EHOSTUNREACH: "no way to this address; check Address, cable and network",
  ENETUNREACH: "no way to this network; check Address and routing",
  ENOTFOUND: "this name is not known; check Address",
  EAI_AGAIN: "the name could not be looked up; check DNS or write an IP address",
  ETIMEDOUT: "no answer from this address; is the device on?",
  ECONNRESET: "the device broke the connection; many allow only a few at once",
};

function connectionError(peer: string, error: unknown): AppError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const hint = HINTS[code];
  return new AppError("ServiceUnavailable", `${peer}: ${messageOf(error)}${hint === undefined ? "" : `; ${hint}`}`, {
    cause: error,
  });
}
