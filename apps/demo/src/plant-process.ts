import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { AppError, messageOf, sleep } from "@jx/kit";
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
  #child: ChildProcess | undefined;
  #client: PlantClient | undefined;
  #ready: PlantReady | undefined;
  #wanted = false;

  constructor(options: PlantProcessOptions, deps: { log: PlantLog; onRestart: (ready: PlantReady) => Promise<void> }) {
    this.#options = options;
    this.#log = deps.log;
    this.#onRestart = deps.onRestart;
  }

  get ready(): PlantReady | undefined {
    return this.#ready;
  }

  get client(): PlantClient {
    if (this.#client === undefined) {
      throw new AppError("ServiceUnavailable", "the demo plant is not running; switch the demo on with: jx demo on");
    }
    return this.#client;
  }

  async faults(): Promise<FaultList> {
    return this.#client === undefined ? { active: {} } : this.#client.faults();
  }

  /** Where the plant serves Modbus, once it does. */
  async start(): Promise<PlantReady> {
    if (this.#ready !== undefined) return this.#ready;
    this.#wanted = true;
    try {
      return await this.#spawn(this.#options.port);
    } catch (error) {
      this.#log.info({ port: this.#options.port, reason: messageOf(error) }, "the plant takes another port");
      return this.#spawn(0);
    }
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    this.#client?.end();
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(late);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #spawn(port: number): Promise<PlantReady> {
    const args = [fileURLToPath(plantEntry), "--port", String(port), "--seed", String(this.#options.seed)];
    // A process group of its own: Ctrl-C must not end the plant before the edge has let go of it. Should the edge die,
    // the end of its standard input ends the plant.
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"], detached: true });
    const client = new PlantClient({}, { stdin: child.stdin, stdout: child.stdout });
    this.#child = child;
    child.once("exit", (code) => this.#ended(child, code));
    this.#ready = await client.ready();
    this.#client = client;
    return this.#ready;
  }

  #ended(child: ChildProcess, code: number | null): void {
    if (this.#child !== child) return;
    const wasReady = this.#ready !== undefined;
    this.#client = undefined;
    this.#ready = undefined;
    if (!this.#wanted || !wasReady) return;
    this.#log.warn({ code }, "the demo plant ended; it is started again");
    void this.#restart();
  }

  async #restart(): Promise<void> {
    while (this.#wanted && this.#ready === undefined) {
      await sleep(RESTART_MS);
      if (!this.#wanted) return;
      try {
        await this.#onRestart(await this.#spawn(0));
      } catch (error) {
        this.#log.warn({ reason: messageOf(error) }, "the demo plant did not start");
      }
    }
  }
}
