export * from "./contract.ts";
export * from "./names.ts";
export * from "./record.ts";
export * from "./refusal.ts";
export * from "./services.ts";
export * from "./sweep.ts";
export * from "./until.ts";
