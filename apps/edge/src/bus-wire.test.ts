import assert from "node:assert/strict";
import { test } from "node:test";
import { type BusWire, busWire } from "./bus-wire.ts";

type Services = Parameters<typeof busWire>[0]["services"];

/** Services whose configuration says so much. */
function services(...of: readonly { names?: boolean; optimize?: boolean; cbor?: boolean }[]): Services {
  return of.map(({ names = false, optimize = false, cbor = false }) => ({
    config: {
      common: {
        Service: { EnableNameFieldEscape: names },
        MessageBus: { OptimizeEvents: optimize, EventsInCbor: cbor },
      },
    },
  })) as unknown as Services;
}

const wire = (escapeNames: boolean, optimized: boolean, cbor: boolean): BusWire => ({
  escapeNames,
  events: { optimized, cbor },
});

// Names and "true" alone: go-mod-core-contracts common/constants.go EnvOptimizeEventPayload, EnvEncodeAllEvents.
test("how the process writes on its broker: one service's word counts, and EdgeX's variables", () => {
  assert.deepEqual(busWire({ services: services({}, {}) }, {}), wire(false, false, false));
  assert.deepEqual(busWire({ services: services({}, { names: true }) }, {}), wire(true, false, false));
  assert.deepEqual(busWire({ services: services({ optimize: true }, { cbor: true }) }, {}), wire(false, true, true));
  const given = (text: string) => ({ EDGEX_OPTIMIZE_EVENT_PAYLOAD: text, EDGEX_ENCODE_ALL_EVENTS_CBOR: text });
  assert.deepEqual(busWire({ services: services({}) }, given("true")), wire(false, true, true));
  assert.deepEqual(busWire({ services: services({}) }, given("1")), wire(false, false, false));
});
