export * from "./async.ts";
export * from "./bytes.ts";
export * from "./errors.ts";
export * from "./ring.ts";
export * from "./time.ts";
export * from "./units.ts";
