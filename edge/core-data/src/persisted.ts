import type { Counter, Metrics, Telemetry } from "@jx/runtime";
import type { EventStore } from "./store/event-store.ts";

/** What was stored since start, by the bus and by REST. */
export interface Persisted {
  readonly events: Counter;
  readonly readings: Counter;
}

/** Also told to EdgeX's peers, under the names of its core data (core/data/application/app.go). */
export function persistedCounters(metrics: Metrics, telemetry: Telemetry): Persisted {
  const persisted = {
    events: metrics.counter("jx_core_data_events_stored_total", "Events on disk, since start"),
    readings: metrics.counter("jx_core_data_readings_stored_total", "Readings on disk, since start"),
  };
  telemetry.add({ name: "EventsPersisted", kind: "counter", read: () => persisted.events.value });
  telemetry.add({ name: "ReadingsPersisted", kind: "counter", read: () => persisted.readings.value });
  return persisted;
}

/** The store's append, which counts what was acknowledged. */
export function countedAppend(
  store: Pick<EventStore, "append">,
  { events, readings }: Persisted,
): EventStore["append"] {
  return async (batch, options) => {
    const seq = await store.append(batch, options);
    events.add(batch.length);
    readings.add(batch.reduce((count, event) => count + event.readings.length, 0));
    return seq;
  };
}
