import { type Client, type Handlers, inProcessClient, type Table } from "@jx/contracts";
import { AppError, isAppError } from "@jx/kit";
import { httpClient } from "../http/http-client.ts";
import type { Clients } from "../service.ts";
import type { RegistryAddresses } from "./registry-addresses.ts";

export interface ClientRegistryOptions {
  /** Services that run elsewhere: key → "http://host:port". */
  readonly remote: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Direct calls to what runs in this process, HTTP to everything else (DESIGN §3). */
export class ClientRegistry implements Clients {
  readonly #options: ClientRegistryOptions;
  readonly #newId: () => string;
  readonly #registry: RegistryAddresses | undefined;
  readonly #running = new Map<string, Handlers<Table>>();

  /** With `registry`, what neither runs here nor is named in `remote` is looked for there. */
  constructor(
    options: ClientRegistryOptions,
    deps: { readonly newId: () => string; readonly registry?: RegistryAddresses | undefined },
  ) {
    this.#options = options;
    this.#newId = deps.newId;
    this.#registry = deps.registry;
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
    const here = inProcessClient(table, () => this.#handlers(key), this.#newId);
    return this.#registry === undefined ? here : this.#hereOrRegistered(key, table, here, this.#registry);
  }

  at<T extends Table>(key: string, baseAddress: string, table: T): Client<T> {
    if (this.#running.has(key)) return inProcessClient(table, () => this.#handlers(key), this.#newId);
    return this.#http(baseAddress, table);
  }

  #hereOrRegistered<T extends Table>(key: string, table: T, here: Client<T>, registry: RegistryAddresses): Client<T> {
    let far: { readonly address: string; readonly client: Client<T> } | undefined;
    const out: Record<string, unknown> = {};
    for (const name of Object.keys(table)) {
      out[name] = async (input: never, context: never): Promise<unknown> => {
        if (this.#running.has(key)) return here[name]?.(input, context);
        const address = await registry.of(key);
        if (far?.address !== address) far = { address, client: this.#http(address, table) };
        try {
          return await far.client[name]?.(input, context);
        } catch (error) {
          if (isAppError(error, "ServiceUnavailable")) registry.forget(key);
          throw error;
        }
      };
    }
    return out as Client<T>;
  }

  #http<T extends Table>(baseAddress: string, table: T): Client<T> {
    const { timeoutMs } = this.#options;
    return httpClient(table, { baseUrl: `${baseAddress}/api/v3`, timeoutMs, newId: this.#newId });
  }

  #handlers<T extends Table>(key: string): Handlers<T> {
    const handlers = this.#running.get(key);
    if (handlers === undefined) {
      throw new AppError("ServiceUnavailable", `${key} is not running; see jx status`, {
        code: "not-running",
        details: { key },
      });
    }
    return handlers as Handlers<T>;
  }
}
