export {
  elementType,
  integerRange,
  type JsonObject,
  type ScalarType,
} from "@jx/contracts";
export * from "./config.ts";
export * from "./driver.ts";
export type { DeviceHealth, DeviceState, Failure } from "./health.ts";
export * from "./service.ts";
export { parseValue } from "./value/parse.ts";
