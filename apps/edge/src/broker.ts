import { isAppError } from "@jx/kit";
import { connectBroker, type MqttDeps, openBroker } from "@jx/runtime";
import type { EdgeOptions, Language } from "./options.ts";

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
  deps: MqttDeps,
  stack: AsyncDisposableStack,
): Promise<BrokerDoor> {
  if (options.outsideBroker !== undefined) {
    stack.use(await connectBroker(options.outsideBroker, deps));
    return { broker: options.outsideBroker, warnings: [] };
  }
  if (!options.broker) return { broker: undefined, warnings: [] };
  try {
    const broker = await openBroker({ host: options.edgexListen ?? "127.0.0.1", port: options.mqttPort }, deps);
    stack.use(broker);
    return { broker: { host: broker.host, port: broker.port }, warnings: [] };
  } catch (error) {
    if (!isAppError(error) || error.code !== "port-in-use") throw error;
    return { broker: undefined, warnings: [withoutBroker(options.language, error.message, options.mqttPort)] };
  }
}

function withoutBroker(language: Language, reason: string, port: number): string {
  return language === "zh"
    ? `未启动 MQTT 服务：端口 ${port} 已被占用（${reason}）。可用 --mqtt-port 换一个端口，或用 --mqtt-broker 连接已有的服务器。`
    : `no MQTT broker: ${reason}. Choose another port with --mqtt-port, or join the one that is there with --mqtt-broker.`;
}
