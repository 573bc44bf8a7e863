import { type Registration, RegistrationStatus } from "@jx/contracts";
import { AppError, parseDuration } from "@jx/kit";
import type { Logger } from "@jx/runtime";
import { probeHttp, watchHealth } from "./health.ts";
import { serial } from "./serial.ts";
import type { KeeperStore } from "./store/keeper-store.ts";

export interface RegistryDeps {
  readonly store: KeeperStore;
  readonly nowMs: () => number;
  readonly probeTimeoutMs: () => number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Each registered service has a timer and a request now and then. */
const MAX_SERVICES = 1_000;

/** Where services are and whether they answer. */
export class Registry implements Disposable {
  readonly #deps: RegistryDeps;
  readonly #services = new Map<string, Registration>();
  readonly #watches = new Map<string, AbortController>();
  readonly #inTurn = serial();

  constructor(deps: RegistryDeps, stored: readonly string[]) {
    this.#deps = deps;
    for (const content of stored) {
      const registration = JSON.parse(content) as Registration;
      this.#services.set(registration.serviceId, registration);
      this.#watch(registration);
    }
  }

  /** @throws AppError DuplicateName, ContractInvalid, LimitExceeded */
  add(request: Registration): Promise<void> {
    return this.#inTurn(async () => {
      const { serviceId } = request;
      if (this.#services.has(serviceId)) {
        throw new AppError("DuplicateName", `registry with service id '${serviceId}' already exists`);
      }
      if (this.#services.size >= MAX_SERVICES) {
        throw new AppError("LimitExceeded", `${MAX_SERVICES} services are registered; remove one that is gone first`);
      }
      const now = this.#deps.nowMs();
      await this.#put(request, now, now);
    });
  }

  /** Replaces all but `created`, and begins to ask anew. @throws AppError NotFound, ContractInvalid */
  replace(request: Registration): Promise<void> {
    return this.#inTurn(async () => {
      const existing = this.#services.get(request.serviceId);
      if (existing === undefined) throw notInTable(request.serviceId);
      const now = this.#deps.nowMs();
      await this.#put(request, existing.created ?? now, now);
    });
  }

  get(serviceId: string): Registration {
    const registration = this.#services.get(serviceId);
    if (registration === undefined) throw new AppError("NotFound", "registration not found by serviceId");
    return registration;
  }

  /** A service that has said goodbye (HALT) is listed only when asked for. */
  all(deregistered: boolean): Registration[] {
    return [...this.#services.values()].filter(({ status }) => deregistered || status !== "HALT");
  }

  remove(serviceId: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#services.has(serviceId)) throw notInTable(serviceId);
      await this.#deps.store.apply([{ type: "register", serviceId, content: undefined }]);
      this.#services.delete(serviceId);
      this.#unwatch(serviceId);
    });
  }

  [Symbol.dispose](): void {
    for (const serviceId of [...this.#watches.keys()]) this.#unwatch(serviceId);
  }

  async #put(request: Registration, created: number, modified: number): Promise<void> {
    const { serviceId, host, port, HealthCheck, status = "" } = request;
    checkInterval(HealthCheck.interval);
    const registration: Registration = {
      created,
      modified,
      serviceId,
      status: (RegistrationStatus as readonly string[]).includes(status) ? status : "UNKNOWN",
      host,
      port,
      HealthCheck: { interval: HealthCheck.interval, path: HealthCheck.path, type: HealthCheck.type },
    };
    await this.#save(registration);
    this.#watch(registration);
  }

  async #save(registration: Registration): Promise<void> {
    const { serviceId } = registration;
    await this.#deps.store.apply([{ type: "register", serviceId, content: JSON.stringify(registration) }]);
    this.#services.set(serviceId, registration);
  }

  #watch(registration: Registration): void {
    const { serviceId, status } = registration;
    this.#unwatch(serviceId);
    if (status === "HALT") return;
    const stop = new AbortController();
    this.#watches.set(serviceId, stop);
    const signal = AbortSignal.any([stop.signal, this.#deps.signal]);
    const probe = (asked: Registration): Promise<boolean> => probeHttp(asked, this.#deps.probeTimeoutMs(), signal);
    const report = (isUp: boolean): Promise<void> =>
      this.#inTurn(async () => {
        // The service may have been removed or replaced while it was asked.
        if (!signal.aborted) await this.#report(serviceId, isUp ? "UP" : "DOWN");
      });
    watchHealth(registration, { probe, report }, signal).catch((error) => {
      if (!signal.aborted) this.#deps.log.error({ serviceId, error }, "health checks of a service ended");
    });
  }

  #unwatch(serviceId: string): void {
    this.#watches.get(serviceId)?.abort();
    this.#watches.delete(serviceId);
  }

  /** Each probe renews `modified` in memory; the disk hears of a change of status only, to spare flash cards. */
  async #report(serviceId: string, status: "UP" | "DOWN"): Promise<void> {
    const registration = this.#services.get(serviceId);
    if (registration === undefined) return;
    const next = { ...registration, status, modified: this.#deps.nowMs() };
    if (registration.status === status) {
      this.#services.set(serviceId, next);
      return;
    }
    this.#deps.log.info({ serviceId, from: registration.status, to: status }, "a service's health changed");
    try {
      await this.#save(next);
    } catch (error) {
      this.#deps.log.warn({ serviceId, error }, "a service's health could not be stored; it is right in memory");
      this.#services.set(serviceId, next);
    }
  }
}

function notInTable(serviceId: string): AppError {
  return new AppError("NotFound", `service id '${serviceId}' not found from registry table`);
}

/** EdgeX's DTO check lets 0s, negative intervals and "1d" pass; its ticker then panics. */
function checkInterval(interval: string): void {
  let duration = 0n;
  try {
    duration = parseDuration(interval);
  } catch {
    // no Go duration: refused below
  }
  if (duration > 0n) return;
  throw new AppError("ContractInvalid", `health check interval '${interval}' must be a duration such as 10s or 1m30s`);
}
