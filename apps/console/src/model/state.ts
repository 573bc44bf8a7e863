import type { DeviceHealth, Firing, Json, LiveMessage, LiveReading, LiveStatus, RuleView } from "@jx/contracts";

export type Rule = Json<RuleView>;
export type FiringView = Json<Firing>;
export type Health = Json<DeviceHealth>;
export type DeviceValues = ReadonlyMap<string, LiveReading>;

/** All that the stream has told, as a value that is replaced and never changed. */
export interface LiveState {
  /** live: messages arrive; lost: they did and no longer do. */
  readonly connection: "connecting" | "live" | "lost";
  /** Why the edge refuses the stream, in its words: not signed in, no room for another viewer. */
  readonly refusal: string | undefined;
  /** This browser's clock, ms, when the last message came. */
  readonly lastMessage: number | undefined;
  /** Edge's clock less this browser's, ms: ages are shown by the edge's clock. */
  readonly clockOffset: number;
  readonly status: LiveStatus | undefined;
  /** device → resource → newest reading */
  readonly values: ReadonlyMap<string, DeviceValues>;
  readonly rules: readonly Rule[] | undefined;
  /** Newest first, at most MAX_FIRINGS. */
  readonly firings: readonly FiringView[];
  readonly health: ReadonlyMap<string, Health>;
  /** Counts up when devices or profiles changed. */
  readonly metadataVersion: number;
  /** Counts up when the stream comes (back) to life or left something out: what it does not carry is to be asked again. */
  readonly sessions: number;
}

export const MAX_FIRINGS = 50;

export const NOTHING: LiveState = {
  connection: "connecting",
  refusal: undefined,
  lastMessage: undefined,
  clockOffset: 0,
  status: undefined,
  values: new Map(),
  rules: undefined,
  firings: [],
  health: new Map(),
  metadataVersion: 0,
  sessions: 0,
};

/** The state after a message that came at `now` (this browser's clock, ms). */
export function reduce(state: LiveState, message: LiveMessage, now: number): LiveState {
  const sessions = state.connection === "live" ? state.sessions : state.sessions + 1;
  const heard: LiveState = { ...state, connection: "live", refusal: undefined, lastMessage: now, sessions };
  switch (message.name) {
    case "readings":
      return { ...heard, values: mergeReadings(state.values, message.data) };
    case "rules":
      return { ...heard, rules: message.data };
    case "firing":
      return { ...heard, firings: mergeFirings(state.firings, [message.data]) };
    case "health":
      return { ...heard, health: new Map(message.data.map((health) => [health.deviceName, health])) };
    case "metadata":
      return metadataChanged(heard, message.data);
    case "status":
      return { ...heard, status: message.data, clockOffset: message.data.now - now };
  }
}

/** Only the maps of devices that changed are copied. */
export function mergeReadings(
  values: LiveState["values"],
  readings: readonly LiveReading[],
): ReadonlyMap<string, DeviceValues> {
  if (readings.length === 0) return values;
  const next = new Map(values);
  const copies = new Map<string, Map<string, LiveReading>>();
  for (const reading of readings) {
    let copy = copies.get(reading.device);
    if (copy === undefined) {
      copy = new Map(next.get(reading.device));
      copies.set(reading.device, copy);
      next.set(reading.device, copy);
    }
    copy.set(reading.resource, reading);
  }
  return next;
}

/** A firing is told twice: when it happens and when its actions have ended. The later one stands for it. */
export function mergeFirings(
  firings: readonly FiringView[],
  more: readonly FiringView[],
  limit: number = MAX_FIRINGS,
): readonly FiringView[] {
  const byId = new Map(firings.map((firing) => [firing.id, firing]));
  for (const firing of more) {
    const known = byId.get(firing.id);
    if (known === undefined || isPending(known)) byId.set(firing.id, firing);
  }
  return [...byId.values()].sort((a, b) => Number(BigInt(b.time) - BigInt(a.time))).slice(0, limit);
}

function isPending(firing: FiringView): boolean {
  return firing.actions.some(({ state }) => state === "pending");
}

function metadataChanged(
  state: LiveState,
  { type, action, subject }: { type: string; action: string; subject: string },
) {
  const metadataVersion = state.metadataVersion + 1;
  if (type === "everything") return { ...state, metadataVersion, sessions: state.sessions + 1 };
  if (type !== "device" || action !== "delete") return { ...state, metadataVersion };
  const values = new Map(state.values);
  values.delete(subject);
  return { ...state, metadataVersion, values };
}
