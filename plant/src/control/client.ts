import type { Readable, Writable } from "node:stream";
import { AppError, deferred, type ErrorKind, withTimeout } from "@jx/kit";
import type { Fault } from "../station/faults.ts";
import { LineSplitter } from "./lines.ts";
import type {
  FaultList,
  PlantAnswers,
  PlantCommand,
  PlantEvent,
  PlantLine,
  PlantReady,
  TruthRecord,
} from "./protocol.ts";

export interface PlantClientOptions {
  /** How long an answer, or the first line, may take, ms; 10 s when left out. */
  readonly timeoutMs?: number;
  readonly onEvent?: (event: PlantEvent) => void;
}

export interface PlantClientDeps {
  /** The plant process's standard input and output. */
  readonly stdin: Writable;
  readonly stdout: Readable;
}

const MAX_LINE = 1 << 20;
const MAX_WAITING = 64;

type Waiting = ReturnType<typeof deferred<unknown>>;

/**
 * Talks to a plant process over its standard streams. Requests throw Timeout, LimitExceeded (64 are waiting already),
 * ServiceUnavailable when the process is gone, or what the plant answers.
 */
export class PlantClient {
  readonly #timeoutMs: number;
  readonly #stdin: Writable;
  readonly #onEvent: (event: PlantEvent) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready = deferred<PlantReady>();
  #nextId = 1;
  #gone: AppError | undefined;

  constructor(options: PlantClientOptions, deps: PlantClientDeps) {
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#onEvent = options.onEvent ?? (() => {});
    this.#stdin = deps.stdin;
    this.#ready.promise.catch(() => {}); // nobody has to wait for it
    const lines = new LineSplitter(MAX_LINE, { onLine: (line) => this.#take(line), onTooLong: () => {} });
    deps.stdout.on("data", (chunk: Uint8Array) => lines.push(chunk));
    const gone = (): void => this.#end(new AppError("ServiceUnavailable", "the plant process has ended"));
    deps.stdout.once("close", gone).once("end", gone).on("error", gone);
    deps.stdin.on("error", gone);
  }

  /** Where the plant serves Modbus. Throws what kept it from starting. */
  ready(): Promise<PlantReady> {
    return withTimeout(this.#ready.promise, this.#timeoutMs, "starting the plant");
  }

  inject(fault: Fault): Promise<PlantAnswers["inject"]> {
    return this.#request({ do: "inject", ...fault });
  }

  /** One fault by its key, or all. */
  clear(key?: string): Promise<FaultList> {
    return this.#request(key === undefined ? { do: "clear" } : { do: "clear", fault: key });
  }

  reset(): Promise<FaultList> {
    return this.#request({ do: "reset" });
  }

  truth(): Promise<TruthRecord> {
    return this.#request({ do: "truth" });
  }

  faults(): Promise<FaultList> {
    return this.#request({ do: "faults" });
  }

  /** Ends the plant by closing its standard input. */
  end(): void {
    this.#stdin.end();
  }

  async #request<C extends PlantCommand>(command: C): Promise<PlantAnswers[C["do"]]> {
    if (this.#gone !== undefined) throw this.#gone;
    if (this.#waiting.size >= MAX_WAITING)
      throw new AppError("LimitExceeded", `${MAX_WAITING} requests to the plant wait`);
    const id = this.#nextId++;
    const answer = deferred<unknown>();
    this.#waiting.set(id, answer);
    try {
      this.#stdin.write(`${JSON.stringify({ id, ...command })}\n`);
      return (await withTimeout(
        answer.promise,
        this.#timeoutMs,
        `"${command.do}" of the plant`,
      )) as PlantAnswers[C["do"]];
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Lines of nobody (an answer after its time-out, output that is not ours) are passed over. */
  #take(text: string): void {
    let line: PlantLine;
    try {
      line = JSON.parse(text) as PlantLine;
    } catch {
      return;
    }
    if ("ready" in line) this.#ready.resolve(line.ready);
    else if ("failed" in line)
      this.#end(new AppError("ServiceUnavailable", `the plant did not start: ${line.failed.message}`));
    else if ("event" in line) this.#onEvent(line);
    else if ("ok" in line) this.#waiting.get(Number(line.id))?.resolve(line.ok);
    else if ("error" in line) {
      const { kind, message } = line.error;
      this.#waiting.get(Number(line.id))?.reject(new AppError(kind as ErrorKind, message));
    }
  }

  #end(error: AppError): void {
    this.#gone ??= error;
    this.#ready.reject(this.#gone);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#gone);
  }
}
