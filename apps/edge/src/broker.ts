import { isAppError, withTimeout } from "@jx/kit";
import { type ConnectOptions, connectBroker, type Host, type MqttDeps, openBroker } from "@jx/runtime";
import { messageBus } from "./message-bus.ts";
import type { EdgeOptions } from "./options.ts";
import { withoutBroker } from "./warnings.ts";

export interface BrokerDoor {
  readonly broker: { readonly host: string; readonly port: number } | undefined;
  readonly warnings: readonly string[];
}

/** How topics look on the network. */
export type TopicSettings = Pick<ConnectOptions, "escapeNames" | "baseTopic" | "events">;

/** How long the start waits for an outside broker. */
const JOIN_MS = 3_000;

/**
 * The MQTT door: our own broker, or a connection to an outside one (--mqtt-broker, or the one that keeper names). When
 * the port is taken (a Mosquitto runs on many boxes) the edge starts without it and says so: collecting matters more.
 */
export async function startBroker(
  options: EdgeOptions,
  topics: TopicSettings,
  host: Host,
  deps: MqttDeps,
  stack: AsyncDisposableStack,
): Promise<BrokerDoor> {
  const outside =
    options.outsideBroker ?? (options.keeper === undefined || !options.broker ? undefined : messageBus(host));
  if (outside !== undefined) {
    const onConnect = (): void => host.refresh();
    const door = stack.use(await connectBroker({ ...outside, ...topics, onConnect }, deps));
    // An edge that says it is up hears what others say; one whose broker is away is up without it.
    await withTimeout(door.ready, JOIN_MS, "joining the broker").catch(() => undefined);
    return { broker: { host: outside.host, port: outside.port }, warnings: [] };
  }
  if (!options.broker) return { broker: undefined, warnings: [] };
  try {
    const broker = await openBroker(
      { host: options.edgexListen ?? "127.0.0.1", port: options.mqttPort, ...topics },
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
