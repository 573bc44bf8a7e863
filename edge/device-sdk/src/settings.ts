import { parseDurationMs } from "@jx/kit";
import type { DeviceServiceConfig } from "./config.ts";

/** The configuration as the code wants it: durations in milliseconds, one flat object, made anew after each change. */
export interface Settings {
  readonly writesEnabled: boolean;
  readonly units: boolean;
  readonly transform: boolean;
  readonly maxOperations: number;
  readonly changedReadingsOnly: boolean;
  readonly requestTimeoutMs: number;
  readonly openTimeoutMs: number;
}

/** Throws ContractInvalid when a duration cannot be read. */
export function readSettings({ Writable, Device }: DeviceServiceConfig): Settings {
  return {
    writesEnabled: Writable.WritesEnabled,
    units: Writable.Reading.ReadingUnits,
    transform: Device.DataTransform,
    maxOperations: Device.MaxCmdOps,
    changedReadingsOnly: Device.AutoEvents.SendChangedReadingsOnly,
    requestTimeoutMs: Math.max(1, parseDurationMs(Device.RequestTimeout)),
    openTimeoutMs: Math.max(1, parseDurationMs(Device.OpenTimeout)),
  };
}
