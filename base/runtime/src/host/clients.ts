import { type Client, type Handlers, inProcessClient, type Table } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { httpClient } from "../http/http-client.ts";
import type { Clients } from "../service.ts";

export interface ClientRegistryOptions {
  /** Services that run elsewhere: key → "http://host:port". */
  readonly remote: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Direct calls to what runs in this process, HTTP to everything else (DESIGN §3). */
export class ClientRegistry implements Clients {
  readonly #options: ClientRegistryOptions;
  readonly #newId: () => string;
  readonly #running = new Map<string, Handlers<Table>>();

  constructor(options: ClientRegistryOptions, deps: { newId: () => string }) {
    this.#options = options;
    this.#newId = deps.newId;
  }

  add<T extends Table>(key: string, handlers: Handlers<T>): void {
    this.#running.set(key, handlers as Handlers<Table>);
  }

  remove(key: string): void {
    this.#running.delete(key);
  }

  of<T extends Table>(key: string, table: T): Client<T> {
    const remote = this.#options.remote[key];
    if (remote !== undefined) return this.#http(remote, table);
    return inProcessClient(table, () => this.#handlers(key), this.#newId);
  }

  at<T extends Table>(key: string, baseAddress: string, table: T): Client<T> {
    if (this.#running.has(key)) return inProcessClient(table, () => this.#handlers(key), this.#newId);
    return this.#http(baseAddress, table);
  }

  #http<T extends Table>(baseAddress: string, table: T): Client<T> {
    const { timeoutMs } = this.#options;
    return httpClient(table, { baseUrl: `${baseAddress}/api/v3`, timeoutMs, newId: this.#newId });
  }

  #handlers<T extends Table>(key: string): Handlers<T> {
    const handlers = this.#running.get(key);
    if (handlers === undefined) {
      throw new AppError("ServiceUnavailable", `${key} is not running; see jx status`, { code: "not-running" });
    }
    return handlers as Handlers<T>;
  }
}
