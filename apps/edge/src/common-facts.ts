import type { CommonFacts, Place } from "@jx/core-keeper";
import type { Host } from "@jx/runtime";
import type { BrokerDoor } from "./broker.ts";
import type { EdgeOptions } from "./options.ts";

/** Where EdgeX peers find keeper, metadata and the broker, as far as this process runs them or was told. */
export function commonFacts(
  host: Host,
  broker: BrokerDoor["broker"],
  escapeNames: boolean,
  options: Pick<EdgeOptions, "remote" | "outsideBroker">,
): CommonFacts {
  const of = (key: string): Place | undefined => {
    const address = host.services.find((service) => service.key === key)?.baseAddress ?? options.remote[key];
    return address === undefined ? undefined : placeOf(address);
  };
  const keeper = of("core-keeper");
  // Our own broker listens where the services do, and is reached by the same name.
  const name = options.outsideBroker?.host ?? keeper?.host;
  return {
    keeper,
    metadata: of("core-metadata"),
    broker: broker === undefined ? undefined : { host: name ?? broker.host, port: broker.port },
    escapeNames,
  };
}

function placeOf(address: string): Place {
  const { hostname, port, protocol } = new URL(address);
  return { host: hostname, port: Number(port === "" ? (protocol === "https:" ? 443 : 80) : port) };
}
