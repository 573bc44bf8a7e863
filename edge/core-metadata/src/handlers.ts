import type { Handlers, MetadataOperations } from "@jx/contracts";
import type { Core } from "./core.ts";
import { deviceHandlers } from "./devices.ts";
import { profileHandlers } from "./profiles.ts";
import { serviceHandlers } from "./services.ts";
import { watcherHandlers } from "./watchers.ts";

export function metadataHandlers(core: Core): Handlers<MetadataOperations> {
  return { ...deviceHandlers(core), ...profileHandlers(core), ...serviceHandlers(core), ...watcherHandlers(core) };
}
