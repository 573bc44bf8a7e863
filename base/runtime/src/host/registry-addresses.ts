import type { Client, KeeperOperations } from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import { hostInUrl } from "../http/host-in-url.ts";

/** EdgeX's clients ask before every call; a service that moves is found again within this time. */
const KEPT_MS = 5_000;

/** Where services are, by keeper's registry. */
export class RegistryAddresses {
  readonly #keeper: () => Client<KeeperOperations> | undefined;
  readonly #known = new Map<string, { readonly address: Promise<string>; readonly until: number }>();

  constructor(keeper: () => Client<KeeperOperations> | undefined) {
    this.#keeper = keeper;
  }

  /** "http://host:port". @throws AppError ServiceUnavailable when the registry does not know it, or is not there */
  of(key: string): Promise<string> {
    const known = this.#known.get(key);
    if (known !== undefined && performance.now() < known.until) return known.address;
    const address = this.#ask(key);
    this.#known.set(key, { address, until: performance.now() + KEPT_MS });
    address.catch(() => this.#known.delete(key));
    return address;
  }

  /** It did not answer there: the next call asks anew. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  async #ask(key: string): Promise<string> {
    const keeper = this.#keeper();
    if (keeper === undefined) throw unknown(key, "it is not running; see jx status", "no-registry");
    try {
      const { registration } = await keeper.registrationById({ serviceId: key });
      const { host, port, status, HealthCheck } = registration;
      if (status !== "HALT") return `${HealthCheck.type}://${hostInUrl(host)}:${port}`;
    } catch (error) {
      if (!isAppError(error, "NotFound"))
        throw unknown(key, `core-keeper's registry does not answer: ${messageOf(error)}`, "silent");
      throw unknown(
        key,
        "core-keeper's registry does not know it; start it, or say where it is with --remote",
        "not-registered",
      );
    }
    throw unknown(key, "core-keeper's registry says that it has ended", "ended");
  }
}

type Fault = "no-registry" | "silent" | "not-registered" | "ended";

function unknown(key: string, why: string, fault: Fault): AppError {
  return new AppError("ServiceUnavailable", `${key} cannot be reached: ${why}`, {
    code: "not-running",
    details: { key, fault },
  });
}
