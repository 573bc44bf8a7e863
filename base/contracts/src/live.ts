import type { ReadingValue } from "./model/event.ts";
import type { ValueType } from "./model/value-type.ts";
import type { DeviceHealth } from "./operations/gateway.ts";
import type { Firing, RuleView } from "./operations/rules.ts";

/**
 * The one stream that feeds a page or `jx event tail`: GET /live on the gateway, as server-sent events (WHATWG HTML
 * §9.2). Each message has one of these names; its data is JSON. 64-bit times are strings there: a page's JSON.parse
 * would round them.
 */
export type LiveMessage =
  /** The newest value of each series; first all that are known, then what changed since the last message. */
  | { readonly name: "readings"; readonly data: readonly LiveReading[] }
  | { readonly name: "rules"; readonly data: readonly Json<RuleView>[] }
  | { readonly name: "firing"; readonly data: Json<Firing> }
  | { readonly name: "health"; readonly data: readonly Json<DeviceHealth>[] }
  /** Devices or profiles changed: ask again. Type "everything": messages were left out, so firings are to be asked too. */
  | {
      readonly name: "metadata";
      readonly data: { readonly type: string; readonly action: string; readonly subject: string };
    }
  | { readonly name: "status"; readonly data: LiveStatus };

export interface LiveReading {
  readonly device: string;
  readonly resource: string;
  readonly valueType: ValueType;
  /** As JSON: 64-bit integers as decimal strings, Binary as its size in bytes. */
  readonly value: Exclude<ReadingValue, Uint8Array | bigint>;
  readonly units: string;
  readonly quality: string;
  /** ns since 1970, decimal. */
  readonly origin: string;
  readonly eventId: string;
}

export interface LiveStatus {
  /** ms since 1970 on the edge: the page shows ages by the edge's clock, not its own. */
  readonly now: number;
  readonly rssBytes: number;
  readonly loopDelayMs: number;
  readonly eventsStored: number;
  readonly eventsPerSecond: number;
  /** Series left out of a message because it was full; they follow in the next. */
  readonly deferred: number;
}

/** A type as it comes out of the stream: bigint has become a decimal string. */
export type Json<T> = T extends bigint
  ? string
  : T extends readonly (infer U)[]
    ? readonly Json<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Json<T[K]> }
      : T;
