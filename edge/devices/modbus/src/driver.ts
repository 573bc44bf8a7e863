import type { Driver } from "@jx/device-sdk";
import { AttributeSchema, type ModbusAttributes, pointOf } from "./attributes.ts";
import { connectTo } from "./connect.ts";
import { Link } from "./link.ts";
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

  timeoutMs: (properties) => endpointOf(properties).timeoutMs,

  checkResource(resource, properties) {
    endpointOf(properties);
    pointOf(resource);
  },

  plan: (resources, properties) => planReads(resources, endpointOf(properties).limits),

  async open(properties, context) {
    const { timeoutMs, maxInFlight, ...endpoint } = endpointOf(properties);
    const limit = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)];
    const socket = await connectTo(endpoint, AbortSignal.any([context.signal, ...limit]));
    const peer = `${endpoint.host}:${endpoint.port}`;
    const link = new Link({ peer, idleTimeoutMs: endpoint.idleTimeoutMs }, { socket });
    return new ModbusSession({ maxInFlight }, { link });
  },
};
