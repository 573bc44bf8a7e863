import type { Bus, Logger, Metrics } from "@jx/runtime";
import type { EdgeOptions } from "./options.ts";
export interface BrokerParts {
  readonly bus: Bus;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly stack: AsyncDisposableStack;
}
export async function startBroker(
  _options: EdgeOptions,
  _parts: BrokerParts,
): Promise<{ broker: { host: string; port: number } | undefined; warnings: string[] }> {
  return { broker: undefined, warnings: [] };
}
