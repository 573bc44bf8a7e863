import type { Client, Handlers, Table } from "@jx/contracts";
import type { Clock } from "@jx/kit";
import type { PostgresAddress } from "@jx/stores";
import type { FastifyInstance } from "fastify";
import type { Static, TObject } from "typebox";
import type { Bus } from "./bus/bus.ts";
import type { ServiceKind } from "./config/keeper-layers.ts";
import type { LiveConfig } from "./config/live-config.ts";
import type { Logger } from "./log/logger.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Telemetry } from "./metrics/telemetry.ts";

/**
 * What a service is: a key, a port, a configuration, a table of operations, and `start`. A service reads no
 * environment, opens no port and never exits by itself: the host does all three.
 */
export interface ServiceDefinition<T extends Table, C extends TObject> {
  /** EdgeX's service key: "core-data". */
  readonly key: string;
  /** EdgeX's port; the configuration may say otherwise. */
  readonly port: number;
  /** The section of the common configuration that counts for it; such services report an EdgeX SDK version. */
  readonly kind?: ServiceKind;
  /** Its handlers keep Service.RequestTimeout themselves, item by item; the listener then sets no limit of its own. */
  readonly keepsTime?: boolean;
  /** The largest body that its requests may have, kB, besides Service.MaxRequestSize; 0 leaves it at that. */
  readonly maxBodyKb?: (config: Static<C>) => number;
  /** It carries sessions of people: pages of other origins are refused, whatever CORSConfiguration says. */
  readonly sameOriginOnly?: boolean;
  readonly operations: T;
  /** The service's own part of the configuration, with defaults; common parts are added by the host. */
  readonly config: C;
  /** Adds what no table describes (files, streams, access) to the listener, before the routes. */
  extend?(app: FastifyInstance): void | Promise<void>;
  start(context: ServiceContext<C>): Promise<RunningService<T>>;
}

export interface RunningService<T extends Table> extends Partial<AsyncDisposable> {
  readonly handlers: Handlers<T>;
  /** The bus was away, and what it would have told with it: what is followed by notices is looked at anew. */
  refresh?(): void;
}

/** Everything a service may use. One AbortSignal ends it all. */
export interface ServiceContext<C extends TObject> {
  readonly key: string;
  readonly config: LiveConfig<C>;
  readonly log: Logger;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** What it tells about itself under EdgeX's names; `metrics` are this process's own. */
  readonly telemetry: Telemetry;
  readonly clients: Clients;
  /** Where this service keeps its files; exists. */
  readonly dataDir: string;
  /** The PostgreSQL database in which this service keeps its tables; undefined: in files of its folder. */
  readonly database?: PostgresAddress | undefined;
  /** Where peers reach this service: "http://127.0.0.1:59880". */
  readonly baseAddress: string;
  /** UUIDs. */
  readonly newId: () => string;
  readonly signal: AbortSignal;
}

/** Finds other services: in this process by a direct call, elsewhere over HTTP. */
export interface Clients {
  /** A core service by key. Usable before the other service has started; calls fail with ServiceUnavailable until then. */
  of<T extends Table>(key: string, table: T): Client<T>;
  /** A device service by its registered base address. */
  at<T extends Table>(key: string, baseAddress: string, table: T): Client<T>;
}

/** Keeps the literal types of a definition. */
export function defineService<const T extends Table, C extends TObject>(
  definition: ServiceDefinition<T, C>,
): ServiceDefinition<T, C> {
  return definition;
}
