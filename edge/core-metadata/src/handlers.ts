import type { Handlers, MetadataOperations } from "@jx/contracts";
import type { Core } from "./core.ts";
import { deviceHandlers } from "./devices.ts";
import { profileChangeHandlers } from "./profile-changes.ts";
import { profileListHandlers } from "./profile-lists.ts";
import { profileHandlers } from "./profiles.ts";
import { serviceHandlers } from "./services.ts";
import { watcherHandlers } from "./watchers.ts";

export function metadataHandlers(core: Core): Handlers<MetadataOperations> {
  return {
    ...deviceHandlers(core),
    ...profileHandlers(core),
    ...profileListHandlers(core),
    ...profileChangeHandlers(core),
    ...serviceHandlers(core),
    ...watcherHandlers(core),
    unitsOfMeasure: () => ({ uom: core.units }),
  };
}
