export * from "./catalog.ts";
export { COMPILER_VERSION } from "./compiler-version.ts";
export { createEngine, type Engine, type EngineOptions } from "./engine/engine.ts";
export * from "./engine/types.ts";
export * from "./ir.ts";
