import type { Event } from "./model/event.ts";

interface Head {
  readonly topic: string;
  readonly correlationId: string;
  readonly requestId?: string;
  /** "outside": it came in through the broker. The mirror does not send those out again. */
  readonly from: "inside" | "outside";
}

/** A collected event. Subscribers share the one object and change nothing. */
export interface EventMessage extends Head {
  readonly kind: "event";
  readonly event: Event;
}

/** Everything else on the bus: system events, configuration changes, requests and their answers. JSON-able values. */
export interface JsonMessage extends Head {
  readonly kind: "json";
  readonly payload: unknown;
  /** 1: the payload is an error text (EdgeX MessageEnvelope.errorCode). */
  readonly errorCode?: 0 | 1;
  /** The payload holds bytes and travels as CBOR (a command's event with a Binary reading). */
  readonly cbor?: true;
  readonly queryParams?: Readonly<Record<string, string>>;
  /** What core command tells an outside caller in the envelope's field of this name; "" when left out. */
  readonly receivedTopic?: string;
}

export type Message = EventMessage | JsonMessage;
