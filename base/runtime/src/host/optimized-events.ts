import type { Table } from "@jx/contracts";
import type { CommonConfig } from "../config/common-config.ts";

/**
 * Whether readings leave out what their event says: the setting, or EdgeX's own variable, which stands in no
 * configuration and counts for every process (go-mod-core-contracts dtos/event.go).
 */
export function optimizesEvents(
  { MessageBus }: Pick<CommonConfig, "MessageBus">,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return environment["EDGEX_OPTIMIZE_EVENT_PAYLOAD"] === "true" || MessageBus.OptimizeEvents;
}

/** The same operations, with events taken that leave out so much. Without the setting EdgeX refuses them, as we do. */
export function takingOptimizedEvents<T extends Table>(table: T): T {
  const entries = Object.entries(table).map(([name, operation]) => [
    name,
    operation.wire === "add-event" ? { ...operation, wire: "add-optimized-event" } : operation,
  ]);
  return Object.fromEntries(entries) as T;
}
