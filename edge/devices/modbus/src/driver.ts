import type { Driver } from "@jx/device-sdk";
import { AttributeSchema, type ModbusAttributes, pointOf } from "./attributes.ts";
import { openLink } from "./link.ts";
import { planReads, type ReadBatch } from "./planner.ts";
import { endpointOf, type ModbusProperties, PropertySchema } from "./properties.ts";
import { ModbusSession } from "./session.ts";

/** Modbus TCP. Profiles and devices of EdgeX's device-modbus-go load unchanged; its strings and RTU are not here yet. */
export const modbusDriver: Driver<ModbusProperties, ModbusAttributes, ReadBatch> = {
  protocol: "modbus-tcp",
  protocolSchema: PropertySchema,
  attributeSchema: AttributeSchema,

  // Units behind one gateway share its connection: gateways allow few.
  sessionKey(properties) {
    const { host, port } = endpointOf(properties);
    return `${host.toLowerCase()}:${port}`;
  },

  checkResource(resource, properties) {
    endpointOf(properties);
    pointOf(resource);
  },

  plan: (resources, properties) => planReads(resources, endpointOf(properties).limits),

  async open(properties, context) {
    const { timeoutMs, ...endpoint } = endpointOf(properties);
    const signal =
      timeoutMs === undefined ? context.signal : AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)]);
    const link = await openLink(endpoint, signal);
    return new ModbusSession(endpoint, { link });
  },
};

/** The service that the host composes around the driver; EdgeX's own key and port. */
export const modbusService = { serviceKey: "device-modbus", port: 59901 } as const;
