export * from "./bus/bus.ts";
export type { Handler, Policy, SubscribeOptions, SubscriptionStats } from "./bus/subscription.ts";
export * from "./config/live-config.ts";
export * from "./log/logger.ts";
export * from "./metrics/metrics.ts";
export * from "./service.ts";
