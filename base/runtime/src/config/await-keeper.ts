import type { Client, KeeperOperations, KeyValue } from "@jx/contracts";
import { AppError, isAppError, messageOf, type Signal, sleep, type Told } from "@jx/kit";
import { COMMON_CONFIG, KEEPER_ROOT } from "./keeper-layers.ts";

const READY = `${KEEPER_ROOT}/${COMMON_CONFIG}/IsCommonConfigReady`;

/** One look at a keeper that takes the connection and says nothing. */
const LOOK_MS = 5_000;

export interface KeeperWait {
  /** For people: "http://edgex-core-keeper:59890". */
  readonly address: string;
  /** How long to wait at most, and between two looks. EdgeX: EDGEX_STARTUP_DURATION and _INTERVAL, in seconds. */
  readonly durationMs: number;
  readonly intervalMs: number;
}

export interface KeeperWaitDeps {
  readonly keeper: Client<KeeperOperations>;
  /** Told once for each thing that is waited for. */
  readonly tell: (told: Told) => void;
  readonly signal?: Signal | undefined;
}

/**
 * Waits until keeper answers and says that the common configuration is complete, as go-mod-bootstrap does
 * (bootstrap/config/config.go waitForCommonConfig). Nothing is kept from an earlier start: a service with settings of
 * yesterday would run beside others with those of today.
 * @throws AppError ServiceUnavailable that says what was waited for
 */
export async function awaitKeeper(options: KeeperWait, { keeper, tell, signal }: KeeperWaitDeps): Promise<void> {
  const { address, durationMs, intervalMs } = options;
  const end = performance.now() + durationMs;
  for (let told = ""; ; ) {
    const missing = await whatIsMissing(keeper, address);
    if (missing === undefined) return;
    if (performance.now() >= end) {
      const help = "is the address right (--keeper, EDGEX_CONFIG_PROVIDER)? EDGEX_STARTUP_DURATION=N waits N seconds";
      const seconds = durationMs / 1_000;
      const message = `waited ${seconds} s for ${missing.message}; ${help}`;
      throw new AppError("ServiceUnavailable", message, {
        code: "no-keeper",
        details: { ...missing, address, seconds },
      });
    }
    if (missing.message !== told) {
      const seconds = Math.ceil((end - performance.now()) / 1_000);
      const message = `waits for ${missing.message}; up to ${seconds} s`;
      tell({ message, code: "keeper-awaited", details: { ...missing, address, seconds } });
    }
    told = missing.message;
    await sleep(Math.min(intervalMs, Math.max(0, end - performance.now())), signal);
  }
}

/** What a start waits for: keeper itself, its common configuration, or the end of the program that writes that. */
interface Missing {
  readonly missing: "keeper" | "configuration" | "ready";
  readonly message: string;
  readonly reason?: string;
}

async function whatIsMissing(keeper: Client<KeeperOperations>, address: string): Promise<Missing | undefined> {
  try {
    const signal = AbortSignal.timeout(LOOK_MS);
    const { response } = await keeper.getKey({ key: READY, plaintext: true }, { signal });
    const [row] = response as readonly KeyValue[];
    // Go's strconv.ParseBool.
    if (/^(1|t|T|TRUE|true|True)$/.test(String(row?.value))) return undefined;
    const message = `the common configuration in core-keeper at ${address}: core-common-config-bootstrapper is writing it`;
    return { missing: "ready", message };
  } catch (error) {
    if (isAppError(error, "NotFound")) {
      const message = `the common configuration in core-keeper at ${address}: a keeper of JX Edge writes it as it starts, for EdgeX's start core-common-config-bootstrapper`;
      return { missing: "configuration", message };
    }
    const reason = reasonOf(error);
    return { missing: "keeper", message: `core-keeper at ${address}: ${reason}`, reason };
  }
}

/** The innermost reason: "connect ECONNREFUSED …" says more than that a request failed. */
function reasonOf(error: unknown): string {
  if (isAppError(error, "Aborted")) return "it does not answer";
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return messageOf(inner) || messageOf(error);
}
