export * from "./model/event.ts";
export * from "./model/metadata.ts";
export * from "./model/value-type.ts";
export * from "./schema.ts";
