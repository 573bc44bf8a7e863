import { isAppError } from "@jx/kit";
import { connectBroker, type MqttDeps, openBroker } from "@jx/runtime";
import type { EdgeOptions } from "./options.ts";
import { withoutBroker } from "./warnings.ts";

export interface BrokerDoor {
  readonly broker: { readonly host: string; readonly port: number } | undefined;
  readonly warnings: readonly string[];
}

/**
 * The MQTT door: our own broker, or a connection to an outside one (--mqtt-broker). When the port is taken (a Mosquitto
 * runs on many boxes) the edge starts without it and says so: collecting matters more.
 */
export async function startBroker(
  options: EdgeOptions,
  escapeNames: boolean,
  deps: MqttDeps,
  stack: AsyncDisposableStack,
): Promise<BrokerDoor> {
  if (options.outsideBroker !== undefined) {
    stack.use(await connectBroker({ ...options.outsideBroker, escapeNames }, deps));
    return { broker: options.outsideBroker, warnings: [] };
  }
  if (!options.broker) return { broker: undefined, warnings: [] };
  try {
    const broker = await openBroker(
      { host: options.edgexListen ?? "127.0.0.1", port: options.mqttPort, escapeNames },
      deps,
    );
    stack.use(broker);
    return { broker: { host: broker.host, port: broker.port }, warnings: [] };
  } catch (error) {
    if (!isAppError(error) || error.code !== "port-in-use") throw error;
    const holder = error.details?.holder;
    const by = typeof holder === "string" ? holder : undefined;
    return { broker: undefined, warnings: [withoutBroker(options.mqttPort, by, options.language)] };
  }
}
