import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { AppError, abortReason, isAppError, messageOf, sleep } from "@jx/kit";
import { type FaultList, PlantClient, type PlantReady, plantEntry } from "@jx/plant";

export interface PlantLog {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
}

export interface PlantProcessOptions {
  /** Modbus port that is tried first; a free one is taken when it is in use. */
  readonly port: number;
  readonly seed: number;
}

const STOP_MS = 3_000;
const RESTART_MS = 2_000;

/** The simulated plant as a child process: started, watched, started again when it dies, ended with us. */
export class PlantProcess implements AsyncDisposable {
  readonly #options: PlantProcessOptions;
  readonly #log: PlantLog;
  readonly #onRestart: (ready: PlantReady) => Promise<void>;
  #running: { readonly child: ChildProcess; readonly client: PlantClient } | undefined;
  #ready: PlantReady | undefined;
  #wanted: AbortController | undefined;
  /** One start at a time, whoever asks. */
  #starting: Promise<PlantReady> | undefined;

  constructor(options: PlantProcessOptions, deps: { log: PlantLog; onRestart: (ready: PlantReady) => Promise<void> }) {
    this.#options = options;
    this.#log = deps.log;
    this.#onRestart = deps.onRestart;
  }

  get ready(): PlantReady | undefined {
    return this.#ready;
  }

  get client(): PlantClient {
    if (this.#running === undefined || this.#ready === undefined) {
      throw new AppError("ServiceUnavailable", "the demo plant is not running; switch the demo on with: jx demo on");
    }
    return this.#running.client;
  }

  async faults(): Promise<FaultList> {
    if (this.#ready === undefined) return { active: {} };
    try {
      return await this.client.faults();
    } catch (error) {
      if (isAppError(error, "ServiceUnavailable")) return { active: {} }; // it has just ended
      throw error;
    }
  }

  /** Where the plant serves Modbus, once it does. */
  async start(): Promise<PlantReady> {
    if (this.#ready !== undefined) return this.#ready;
    this.#wanted ??= new AbortController();
    this.#starting ??= this.#startOnAnyPort(this.#wanted.signal).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async stop(): Promise<void> {
    this.#wanted?.abort(new AppError("Aborted", "the demo plant is stopping"));
    this.#wanted = undefined;
    await this.#end();
    await this.#starting?.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #startOnAnyPort(wanted: AbortSignal): Promise<PlantReady> {
    try {
      return await this.#spawn(this.#options.port);
    } catch (error) {
      if (wanted.aborted) throw abortReason(wanted);
      this.#log.info({ port: this.#options.port, reason: messageOf(error) }, "the plant takes another port");
      return this.#spawn(0);
    }
  }

  async #spawn(port: number): Promise<PlantReady> {
    const args = [fileURLToPath(plantEntry), "--port", String(port), "--seed", String(this.#options.seed)];
    // A process group of its own: Ctrl-C must not end the plant before the edge has let go of it. Should the edge die,
    // the end of its standard input ends the plant.
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"], detached: true });
    const client = new PlantClient({}, { stdin: child.stdin, stdout: child.stdout });
    const running = { child, client };
    this.#running = running;
    child.once("error", (error) => this.#log.warn({ reason: error.message }, "the demo plant did not start"));
    child.once("exit", (code) => {
      if (this.#running === running) this.#ended(code);
    });
    try {
      this.#ready = await client.ready();
      return this.#ready;
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /** Ends the child, if there is one, and waits for it. */
  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#ready = undefined;
    if (running === undefined) return;
    const { child, client } = running;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    client.end();
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(late);
  }

  #ended(code: number | null): void {
    const wasReady = this.#ready !== undefined;
    this.#running = undefined;
    this.#ready = undefined;
    const signal = this.#wanted?.signal;
    if (signal === undefined || !wasReady) return;
    this.#log.warn({ code }, "the demo plant ended; it is started again");
    void this.#restart(signal);
  }

  async #restart(wanted: AbortSignal): Promise<void> {
    while (!wanted.aborted && this.#ready === undefined) {
      try {
        await sleep(RESTART_MS, wanted);
        await this.#onRestart(await this.start());
      } catch (error) {
        if (!wanted.aborted) this.#log.warn({ reason: messageOf(error) }, "the demo plant did not start");
      }
    }
  }
}
