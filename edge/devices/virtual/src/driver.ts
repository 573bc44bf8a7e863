import type { Batch, Driver } from "@jx/device-sdk";
import { scanTank } from "./discovery.ts";
import { AttributeSchema, PropertySchema, type VirtualAttributes, type VirtualProperties } from "./properties.ts";
import { VirtualSession } from "./session.ts";
import { checkWaves } from "./waves.ts";

export type VirtualDriver = Driver<VirtualProperties, VirtualAttributes, Batch<VirtualAttributes>>;

/** `monotonic` in milliseconds: what sine, ramp and square run on. */
export function virtualDriver(protocol: string, monotonic: () => number): VirtualDriver {
  return {
    protocol,
    protocolSchema: PropertySchema,
    attributeSchema: AttributeSchema,
    sessionKey: ({ Address, Seed = 0 }) => `${Address} seed ${Seed}`,
    checkResource: checkWaves,
    plan: (resources) => (resources.length === 0 ? [] : [{ resources }]),
    open: async (properties) => new VirtualSession(properties, monotonic),
    scan: (request, _, context) => scanTank(request, context),
  };
}
