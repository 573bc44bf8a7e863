import type { DeviceProfile, DeviceResource, ReadingValue, ValueType } from "@jx/contracts";
import type { AppError } from "@jx/kit";
import type { TSchema } from "typebox";

/**
 * What a protocol driver is. The SDK does everything else once for all drivers: metadata, auto events, transforms,
 * limits, queues, priorities, time-outs, reconnecting, quality, health.
 *
 * P: protocol properties of a device after checking (`protocolSchema`), A: attributes of a resource (`attributeSchema`),
 * B: one batch, whatever the driver needs to do one exchange (made by `plan`).
 *
 * Compared with EdgeX's ProtocolDriver (10+3 callbacks), Neuron's plugins and Node-RED's nodes: no life cycle of devices,
 * no threads, no queues, no retry in the driver; a session is open or closed, everything is read and written in batches.
 */
export interface Driver<P, A, B extends Batch<A>> {
  /** Key in `device.protocols`, as EdgeX's own service spells it: "modbus-tcp". */
  readonly protocol: string;
  /** Checks and coerces `device.protocols[protocol]`; strings are EdgeX's wire form, numbers are taken as well. */
  readonly protocolSchema: TSchema;
  /** Checks and coerces the attributes of each resource. */
  readonly attributeSchema: TSchema;
  /** True: sessions offer `subscribe`. The SDK then opens them by itself and keeps them open. */
  readonly pushes?: boolean;
  /** Devices with the same key share one session (a TCP endpoint, a serial line). */
  sessionKey(properties: P): string;
  /** How long one exchange with this device may take, milliseconds; undefined: as the service is configured. */
  timeoutMs?(properties: P): number | undefined;
  /** Checks what a schema cannot say, such as a value type that no register holds. Throws ContractInvalid. */
  checkResource?(resource: DriverResource<A>, properties: P): void;
  /** Pure: how to read these resources with the fewest exchanges. The SDK caches the answer per device and source. */
  plan(resources: readonly DriverResource<A>[], properties: P): readonly B[];
  /** Opens the connection; rejects within `context.signal`. The SDK calls again after a back-off. */
  open(properties: P, context: OpenContext): Promise<Session<P, A, B>>;
  /**
   * Finds devices, one after the other; the SDK asks the provision watchers about each. Optional: without it a discovery
   * is answered 501. Ends soon after `context.signal` is aborted.
   */
  discover?(context: DiscoveryContext): AsyncIterable<DiscoveredDevice>;
  /** Asks a device what it has and makes a profile of that name. Optional, and ended, as `discover` is. */
  scan?(request: ScanRequest, properties: P, context: DiscoveryContext): Promise<DeviceProfile>;
}

/** One open connection. The SDK never calls a session more than `maxInFlight` times at once, nor after `closed`. */
export interface Session<P, A, B extends Batch<A>> extends AsyncDisposable {
  readonly maxInFlight: number;
  /** Resolves with the reason when the connection is gone, undefined when the driver closed it on purpose; never rejects. */
  readonly closed: Promise<AppError | undefined>;
  /** Counts since it was opened (requests, time-outs, answers discarded …); they become metrics. */
  readonly counters?: Readonly<Record<string, number>>;
  /** One exchange. A sample per resource of the batch, in its order; throws when the whole exchange failed. */
  read(batch: B, properties: P, context: RequestContext): Promise<readonly Sample[]>;
  /** Writes in order; stops and throws at the first that fails, saying which. */
  write(writes: readonly DriverWrite<A>[], properties: P, context: RequestContext): Promise<void>;
  /** Values that the device sends by itself. The SDK aborts `context.signal` to end it. */
  subscribe?(
    resources: readonly DriverResource<A>[],
    properties: P,
    context: OpenContext,
  ): AsyncIterable<readonly PushedSample<A>[]>;
}

export interface DriverResource<A> {
  readonly name: string;
  readonly valueType: ValueType;
  readonly attributes: A;
  readonly resource: DeviceResource;
}

export interface Batch<A> {
  readonly resources: readonly DriverResource<A>[];
}

export interface DriverWrite<A> {
  readonly resource: DriverResource<A>;
  /** Typed as the resource's value type says, after the SDK's inverse transform. */
  readonly value: ReadingValue;
}

/** A raw value before the SDK's transform, or why there is none. */
export type Sample =
  | { readonly value: ReadingValue; readonly origin?: bigint; readonly quality?: "uncertain"; readonly reason?: string }
  | { readonly error: AppError };

/** What a subscription gives: a sample and the resource it belongs to. */
export interface PushedSample<A> {
  readonly resource: DriverResource<A>;
  readonly sample: Sample;
}

export interface OpenContext {
  readonly signal: AbortSignal;
  readonly log: DriverLog;
}

/** A discovery or a profile scan under way. */
export interface DiscoveryContext extends OpenContext {
  /** How far it is, 1 to 99 percent: user interfaces show it. */
  progress(percent: number): void;
}

export interface ScanRequest {
  readonly deviceName: string;
  /** The name that the profile must have. */
  readonly profileName: string;
  /** As the caller gave it; undefined when absent. */
  readonly options: unknown;
}

export interface RequestContext {
  readonly signal: AbortSignal;
  /** How long one exchange may take, milliseconds. */
  readonly timeoutMs: number;
  /** What the caller of this one command put into its query besides ds-* ("a=1&b=2"); "" for polls and plain commands. */
  readonly urlRawQuery?: string;
}

export interface DriverLog {
  debug(context: object, message: string): void;
  warn(context: object, message: string): void;
}

export interface DiscoveredDevice {
  readonly name: string;
  readonly description?: string;
  readonly labels?: readonly string[];
  readonly protocols: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A driver whose own types are nobody else's business. */
export type AnyDriver = Driver<unknown, unknown, Batch<unknown>>;
export type AnySession = Session<unknown, unknown, Batch<unknown>>;
export type AnyResource = DriverResource<unknown>;
export type AnyBatch = Batch<unknown>;

export type { DeviceProfile, DeviceResource, ReadingValue, ValueType };
