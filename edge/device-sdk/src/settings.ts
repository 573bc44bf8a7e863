import { parseDurationMs } from "@jx/kit";
import type { DeviceServiceConfig } from "./config.ts";

/** The configuration as the code wants it: durations in milliseconds, one flat object, made anew after each change. */
export interface Settings {
  readonly writesEnabled: boolean;
  readonly units: boolean;
  readonly transform: boolean;
  readonly maxOperations: number;
  readonly changedReadingsOnly: boolean;
  readonly asyncReadings: boolean;
  /** Requests to a device that may fail in a row before metadata is told that it is DOWN; 0: it never is. */
  readonly allowedFails: number;
  /** Milliseconds between the questions whether a device that is DOWN answers again; 0: nobody asks. */
  readonly downTimeoutMs: number;
  /** A device that is DOWN may be asked, and is UP again when it answers: both of the above are set. */
  readonly returnsFromDown: boolean;
  /** Bytes of an event's envelope; 0: no limit. */
  readonly maxEventBytes: number;
  readonly maxConcurrentCommands: number;
  readonly discovery: { readonly enabled: boolean; readonly intervalMs: number };
  readonly labels: readonly string[];
  readonly requestTimeoutMs: number;
  readonly openTimeoutMs: number;
}

/** device-sdk-go 4.0.2 internal/controller/messaging/command.go. */
const DEFAULT_CONCURRENT_COMMANDS = 32;

/** Throws ContractInvalid when a duration cannot be read. */
export function readSettings(config: DeviceServiceConfig): Settings {
  const { Writable, Device } = config;
  return {
    writesEnabled: Writable.WritesEnabled,
    units: Writable.Reading.ReadingUnits,
    transform: Device.DataTransform,
    maxOperations: Device.MaxCmdOps,
    changedReadingsOnly: Device.AutoEvents.SendChangedReadingsOnly,
    asyncReadings: Device.EnableAsyncReadings,
    allowedFails: Device.AllowedFails,
    downTimeoutMs: Device.DeviceDownTimeout * 1_000,
    returnsFromDown: Device.AllowedFails > 0 && Device.DeviceDownTimeout > 0,
    maxEventBytes: config.MaxEventSize * 1_024,
    maxConcurrentCommands: config.MaxConcurrentCommands || DEFAULT_CONCURRENT_COMMANDS,
    discovery: { enabled: Device.Discovery.Enabled, intervalMs: parseDurationMs(Device.Discovery.Interval) },
    labels: Device.Labels.split(",").flatMap((label) => label.trim() || []),
    requestTimeoutMs: Math.max(1, parseDurationMs(Device.RequestTimeout)),
    openTimeoutMs: Math.max(1, parseDurationMs(Device.OpenTimeout)),
  };
}
