import type { EventWire } from "@jx/contracts";
import { type Host, optimizesEvents } from "@jx/runtime";

/** How messages look on the broker: every process on one bus must do alike. */
export interface BusWire {
  readonly escapeNames: boolean;
  readonly events: EventWire;
}

/**
 * From the services' configuration, where one service's word counts for the process, and from EdgeX's own variables,
 * which its services read themselves and which stand in no configuration.
 */
export function busWire(
  host: Pick<Host, "services">,
  environment: Readonly<Record<string, string | undefined>>,
): BusWire {
  const any = (wanted: (common: Host["services"][number]["config"]["common"]) => boolean): boolean =>
    host.services.some(({ config }) => wanted(config.common));
  return {
    escapeNames: any(({ Service }) => Service.EnableNameFieldEscape),
    events: {
      optimized: any((common) => optimizesEvents(common, environment)),
      cbor: environment["EDGEX_ENCODE_ALL_EVENTS_CBOR"] === "true" || any(({ MessageBus }) => MessageBus.EventsInCbor),
    },
  };
}
