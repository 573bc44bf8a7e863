import type { Client, KeeperOperations } from "@jx/contracts";
import { isAppError, messageOf } from "@jx/kit";
import type { CommonConfig } from "../config/common-config.ts";
import type { Logger } from "../log/logger.ts";

export interface Registered {
  readonly key: string;
  readonly port: number;
  readonly config: { readonly common: CommonConfig };
}

/** A registry elsewhere that does not answer must not hold up the end of a service. */
const DEREGISTER_MS = 2_000;

/** Tells keeper's registry where a service is. A registry that refuses is told in the log: the service runs all the same. */
export async function register(keeper: Client<KeeperOperations>, service: Registered, log: Logger): Promise<void> {
  // It answers already; EdgeX services wait for this word, and keeper's own first look comes half an interval later.
  const body = { registration: { ...registrationOf(service), status: "UP" } };
  try {
    await keeper.register({ body });
  } catch (error) {
    try {
      if (!isAppError(error, "DuplicateName") && !isAppError(error, "StatusConflict")) throw error;
      await keeper.updateRegistration({ body });
    } catch (refusal) {
      log.warn({ reason: messageOf(refusal) }, "the registry did not take this service");
    }
  }
}

/** As EdgeX's services do when they end: the registry asks no more for their health. */
export async function deregister(keeper: Client<KeeperOperations>, service: Registered, log: Logger): Promise<void> {
  const body = { registration: { ...registrationOf(service), status: "HALT" } };
  try {
    await keeper.updateRegistration({ body }, { signal: AbortSignal.timeout(DEREGISTER_MS) });
  } catch (error) {
    log.debug({ reason: messageOf(error) }, "the registry was not told that this service ends");
  }
}

function registrationOf({ key, port, config }: Registered) {
  const { Host: host, HealthCheckInterval: interval } = config.common.Service;
  return { serviceId: key, host, port, HealthCheck: { interval, path: "/api/v3/ping", type: "http" } };
}
