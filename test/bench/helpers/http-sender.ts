/** Posts events to core data over kept-alive connections, each waiting for its answer before the next. */
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { addEventToJson } from "@jx/contracts";
import { nextEvent, PROFILE, SERVICE } from "../parts/events.ts";
import { answer } from "../parts/helper.ts";

export interface HttpQuestion {
  /** Of core data, with its path: "http://127.0.0.1:59880/api/v3". */
  readonly api: string;
  readonly connections: number;
  readonly count: number;
  readonly readings: number;
}

answer(async ({ api, connections, count, readings }: HttpQuestion): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const post = async (): Promise<void> => {
    while (next < count) {
      const event = nextEvent(next, readings);
      next += 1;
      const sent = request(`${api}/event/${SERVICE}/${PROFILE}/${event.deviceName}/${event.sourceName}`, {
        method: "POST",
        agent,
        headers: { "content-type": "application/json" },
      });
      sent.end(addEventToJson({ event }));
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      if (response.statusCode !== 201) throw new Error(`core data answered ${response.statusCode}`);
      await once(response.resume(), "end");
    }
  };
  await Promise.all(Array.from({ length: connections }, post));
  agent.destroy();
});
