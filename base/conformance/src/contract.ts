import type { Bilingual, Client, Table } from "@jx/contracts";
import type { Raw } from "./raw.ts";

/** What a step works with. The host, the transport and the store behind it are the runner's choice. */
export interface Contract<T extends Table> {
  readonly transport: "in process" | "HTTP";
  /** The service under test. */
  readonly client: Client<T>;
  /** The client of another service of the same system. */
  other<O extends Table>(service: string, table: O): Client<O>;
  /** Sends to the service under test exactly what it is told. Only in steps over HTTP. */
  readonly raw: Raw;
  /** `text` behind this run's prefix. A step makes only what is named so: the sweep at the end goes by it. */
  name(text: string): string;
}

/**
 * What a step does to the system it runs on.
 * - read: it only asks, and holds on a system full of other people's things
 * - write: it makes, changes and deletes what `contract.name` named, and touches nothing else
 * - alone: it touches what others share (settings, events by age): only for a system that nobody else uses
 */
export type Access = "read" | "write" | "alone";

/**
 * One promise of a service. Steps stand on their own: each makes what it needs and expects no fresh system, so no
 * totals of everything. Expectations come from a named source, as everywhere in the tests.
 */
export interface Step<T extends Table> {
  readonly name: string;
  /** The name in Chinese, for who reads the report in it. */
  readonly zh: string;
  readonly access: Access;
  /** What the step looks at is there over HTTP alone: texts, headers, content types. */
  readonly over?: "HTTP";
  /** Set where an EdgeX host need not pass: what of the step is JX's own. */
  readonly jxOnly?: Bilingual;
  run(contract: Contract<T>): Promise<void>;
}

export interface ServiceContract<T extends Table = Table> {
  /** EdgeX's service key: "core-data". */
  readonly service: string;
  readonly table: T;
  /** Services that must run, in the order of their start; `service` among them. */
  readonly needs: readonly string[];
  readonly steps: readonly Step<T>[];
  /** "operation status" that no step can bring about, with the reason. */
  readonly unreached?: Readonly<Record<string, string>>;
  /** "operation status" that only a text can bring about, such as a bad boolean: over HTTP alone. */
  readonly fromText?: readonly string[];
}

/** Forgets the table's type, so that contracts of different services stand in one list. */
export function defineContract<T extends Table>(contract: ServiceContract<T>): ServiceContract {
  return contract as unknown as ServiceContract;
}

/** Reason of steps whose device lives on JX's device-virtual: EdgeX's makes other values of other addresses. */
export const DEVICE_VIRTUAL_ONLY: Bilingual = {
  zh: "需要 JX 的 device-virtual 的波形",
  en: "it needs the waveforms of JX's device-virtual",
};
