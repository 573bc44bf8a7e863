import type { UnitsOfMeasure } from "@jx/contracts";
import type { Clock } from "@jx/kit";
import type { LiveConfig } from "@jx/runtime";
import type { Catalog } from "./catalog.ts";
import type { MetadataConfig } from "./config.ts";
import type { SystemEvents } from "./system-events.ts";
import type { DeviceValidator } from "./validator.ts";

/** What every operation of core metadata works with. */
export interface Core {
  readonly catalog: Catalog;
  readonly events: SystemEvents;
  readonly validator: DeviceValidator;
  readonly units: UnitsOfMeasure;
  readonly config: LiveConfig<typeof MetadataConfig>;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Wall time in ms since 1970, the unit of created and modified. */
export function nowMs(core: Core): number {
  return Number(core.clock.now() / 1_000_000n);
}
