import { defineDeviceService } from "@jx/device-sdk";
import { discoverTanks } from "./discovery.ts";
import { virtualDriver } from "./driver.ts";

const monotonic = (): number => performance.now();

/** Simulated values of every EdgeX type. "other" is the protocol name in EdgeX's own device files. */
export const deviceVirtual = defineDeviceService({
  key: "device-virtual",
  port: 59900,
  description: "Simulated devices of every value type",
  drivers: [{ ...virtualDriver("virtual", monotonic), discover: discoverTanks }, virtualDriver("other", monotonic)],
});

export { type VirtualDriver, virtualDriver } from "./driver.ts";
