/**
 * A rule service as a process of its own, which is how EdgeX does it: events come as JSON over MQTT, the limit is
 * compared, and the command goes out as an HTTP request. It gets only the devices that it judges.
 */
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import mqtt from "mqtt";
import { answer } from "../parts/helper.ts";

export interface OutsideQuestion {
  readonly port: number;
  readonly profile: string;
  /** Of core command, with its path. */
  readonly api: string;
}

interface Envelope {
  readonly payload: {
    readonly event: {
      readonly deviceName: string;
      readonly readings: readonly { readonly resourceName: string; readonly value: string }[];
    };
  };
}

answer(async ({ port, profile, api }: OutsideQuestion): Promise<void> => {
  const agent = new Agent({ keepAlive: true });
  const above = new Set<string>();
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  client.on("message", (_topic, bytes) => {
    const { event } = (JSON.parse(bytes.toString()) as Envelope).payload;
    for (const { resourceName, value } of event.readings) {
      if (resourceName !== "In") continue;
      if (Number(value) <= 50) above.delete(event.deviceName);
      else if (!above.has(event.deviceName)) {
        above.add(event.deviceName);
        void set(`${api}/device/name/${event.deviceName}/Out`);
      }
    }
  });
  await client.subscribeAsync(`edgex/events/device/+/${profile}/#`);

  async function set(url: string): Promise<void> {
    const sent = request(url, { method: "PUT", agent, headers: { "content-type": "application/json" } });
    sent.end('{"Out":"true"}');
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`core command answered ${response.statusCode}`);
    response.resume();
  }
});
