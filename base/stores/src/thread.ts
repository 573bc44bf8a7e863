import { type Transferable, Worker } from "node:worker_threads";
import { AppError, messageOf } from "@jx/kit";
import { dataToError, type Reply, type Request } from "./worker/protocol.ts";

/** A request before the thread numbered it. */
export type Unnumbered<R> = R extends Request ? Omit<R, "id"> : never;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A worker thread that serves databases. Several small ones may share it (a thread costs a few MB). */
export class DatabaseThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #stores = 0;
  #failure: AppError | undefined;

  /** @param name for debuggers and profiles. */
  constructor(name = "database") {
    this.#worker = new Worker(new URL("./worker/main.ts", import.meta.url), { name, execArgv: [] });
    this.#worker.on("message", (reply: Reply) => this.#settle(reply));
    this.#worker.on("error", (error) => this.#fail(`a database thread failed: ${messageOf(error)}`));
    this.#worker.on("exit", () => this.#fail("a database thread has ended"));
  }

  /** Requests sent and not answered yet. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** A number that names one database on this thread. */
  nextStore(): number {
    this.#stores += 1;
    return this.#stores;
  }

  request(request: Unnumbered<Request>, transfer: readonly Transferable[] = []): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    try {
      this.#worker.postMessage({ ...request, id }, [...transfer]);
    } catch (error) {
      this.#waiting.delete(id);
      reject(
        new AppError("ServerError", `job arguments cannot be sent to a thread: ${messageOf(error)}`, { cause: error }),
      );
    }
    return promise;
  }

  /** Commits what waits and closes one database; nothing to do when the thread has failed. */
  async closeStore(store: number): Promise<void> {
    if (this.#failure === undefined) await this.request({ type: "close", store });
  }

  /** Ends the thread; its databases should be closed by then. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(dataToError(reply.error));
    else waiting?.resolve(reply.value);
  }

  #fail(message: string): void {
    this.#failure ??= new AppError("Storage", message, { code: "thread-ended" });
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
