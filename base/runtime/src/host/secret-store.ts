import type { Client, KeeperOperations } from "@jx/contracts";
import type { TObject } from "typebox";
import { changedSecrets, findSecret, storeSecret } from "../config/secrets.ts";
import type { ServiceConfig } from "../config/service-config.ts";
import type { Telemetry } from "../metrics/telemetry.ts";

/** A service's own secrets, in EdgeX's non-secure mode (go-mod-bootstrap bootstrap/secret/insecure.go). */
export class SecretStore {
  readonly #service: string;
  readonly #config: ServiceConfig<TObject>;
  readonly #keeper: Client<KeeperOperations> | undefined;
  #requested = 0;
  #stored = 0;

  constructor(service: string, config: ServiceConfig<TObject>, keeper: Client<KeeperOperations> | undefined) {
    this.#service = service;
    this.#config = config;
    this.#keeper = keeper;
  }

  /** Tells EdgeX's two metrics. As there, a secret counts as stored when the change of it comes back from keeper. */
  count(telemetry: Telemetry): void {
    telemetry.add({ name: "SecuritySecretsRequested", kind: "counter", read: () => this.#requested });
    telemetry.add({ name: "SecuritySecretsStored", kind: "counter", read: () => this.#stored });
    let before = this.#config.common.Writable.InsecureSecrets;
    this.#config.onChange(() => {
      const now = this.#config.common.Writable.InsecureSecrets;
      this.#stored += changedSecrets(before, now);
      before = now;
    });
  }

  /** A secret's values by its name; undefined when there is none. */
  find(name: string): ReadonlyMap<string, string> | undefined {
    this.#requested += 1;
    return findSecret(this.#config.common.Writable.InsecureSecrets, name);
  }

  /** @throws AppError NotAllowed without keeper, Communication when it refuses */
  store(name: string, data: ReadonlyMap<string, string>): Promise<void> {
    return storeSecret(this.#keeper, this.#service, name, data);
  }
}
