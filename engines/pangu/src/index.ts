export * from "./catalog.ts";
export { createEngine, type Engine, type EngineOptions } from "./engine/engine.ts";
export * from "./engine/types.ts";
export * from "./ir.ts";
