import { createHash } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { AppError, type Deferred, deferred } from "@jx/kit";
import { type Catalog, COMPILER_VERSION } from "@jx/pangu";
import type { CheckResult } from "@jx/pangu/language";
import type { Logger } from "@jx/runtime";

export interface CompilerOptions {
  /** Compiled rules of an earlier run; a file that can be lost. */
  readonly cacheFile: string;
}

/** The worker ends after this pause and gives its memory back. */
const IDLE_MS = 60_000;
/** More than there may be rule files, so that a reload finds all of them. */
const MAX_CACHED = 1_200;
/** A text is bounded, so a compiler that takes longer hangs. */
const CHECK_TIMEOUT_MS = 60_000;

/** Text → rules, in a worker that starts on demand; results are kept by text and catalog. */
export class Compiler implements AsyncDisposable {
  readonly #options: CompilerOptions;
  readonly #log: Logger;
  readonly #waiting = new Map<number, Deferred<CheckResult>>();
  #cache: Map<string, CheckResult> | undefined;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;
  #unsaved = false;

  constructor(options: CompilerOptions, deps: { log: Logger }) {
    this.#options = options;
    this.#log = deps.log;
  }

  async check(text: string, catalog: Catalog): Promise<CheckResult> {
    const cache = await this.#loadCache();
    const key = keyOf(text, catalog);
    const known = cache.get(key);
    const result = known ?? (await this.#run(text, catalog));
    // In the order of use, so that what goes first is what nobody has asked for longest.
    cache.delete(key);
    cache.set(key, result);
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value ?? "");
    this.#unsaved ||= known === undefined;
    return result;
  }

  /** Writes what was compiled, so that the next start needs no compiler. */
  async save(): Promise<void> {
    if (this.#cache === undefined || !this.#unsaved) return;
    this.#unsaved = false;
    try {
      await writeFile(`${this.#options.cacheFile}.new`, JSON.stringify([...this.#cache]));
      await rename(`${this.#options.cacheFile}.new`, this.#options.cacheFile);
    } catch (error) {
      this.#log.warn({ error }, "compiled rules could not be kept; the next start compiles again");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  #run(text: string, catalog: Catalog): Promise<CheckResult> {
    const worker = this.#start();
    this.#lastId += 1;
    const waiting = deferred<CheckResult>();
    this.#waiting.set(this.#lastId, waiting);
    worker.postMessage({ id: this.#lastId, text, catalog });
    const late = setTimeout(() => void worker.terminate(), CHECK_TIMEOUT_MS).unref();
    return waiting.promise.finally(() => clearTimeout(late));
  }

  #start(): Worker {
    clearTimeout(this.#idle);
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("./compile-worker.ts", import.meta.url), { name: "rule compiler", execArgv: [] });
    this.#worker = worker;
    worker.on("message", ({ id, result }: { id: number; result: CheckResult }) => {
      this.#waiting.get(id)?.resolve(result);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#restLater(worker);
    });
    const end = (reason: string): void => {
      if (this.#worker !== worker) return; // at rest: those that wait now wait for the next one
      this.#worker = undefined;
      for (const waiting of this.#waiting.values()) waiting.reject(new AppError("ServerError", reason));
      this.#waiting.clear();
    };
    worker.on("error", (error) => end(`the rule compiler failed: ${error.message}`));
    worker.on("exit", () => end("the rule compiler has ended"));
    return worker;
  }

  #restLater(worker: Worker): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#worker === worker) this.#worker = undefined;
      void worker.terminate();
    }, IDLE_MS).unref();
  }

  async #loadCache(): Promise<Map<string, CheckResult>> {
    if (this.#cache !== undefined) return this.#cache;
    try {
      this.#cache = new Map(JSON.parse(await readFile(this.#options.cacheFile, "utf8")) as [string, CheckResult][]);
    } catch {
      this.#cache = new Map(); // none yet, or torn by a power cut: compile again
    }
    return this.#cache;
  }
}

function keyOf(text: string, catalog: Catalog): string {
  return digest([COMPILER_VERSION, text, digestOf(catalog)]);
}

/** One catalog is asked about with every file. */
const digests = new WeakMap<Catalog, string>();

function digestOf(catalog: Catalog): string {
  const known = digests.get(catalog);
  if (known !== undefined) return known;
  const fresh = digest([...catalog].map(([device, resources]) => [device, [...resources]]));
  digests.set(catalog, fresh);
  return fresh;
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url");
}
