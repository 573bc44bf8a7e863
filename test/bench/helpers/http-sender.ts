/**
 * Posts numbered events to core data over kept-alive connections, each waiting for its answer before the next. It writes
 * HTTP/1.1 on plain sockets: Node's own client costs more than the server that is measured.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { addEventToJson } from "@jx/contracts";
import { type Numbered, numberedEvent, PROFILE, SERVICE } from "../parts/events.ts";
import { answer } from "../parts/helper.ts";

export interface HttpQuestion extends Numbered {
  /** Of core data, with its path: "http://127.0.0.1:59880/api/v3". */
  readonly api: string;
  readonly connections: number;
  readonly readings: number;
}

/** Milliseconds from each event's first byte sent to its answer. */
export type HttpAnswer = readonly number[];

answer(async ({ api, connections, first, count, readings }: HttpQuestion): Promise<HttpAnswer> => {
  const { hostname, port, pathname } = new URL(api);
  const times: number[] = [];
  let next = 0;
  const post = async (): Promise<void> => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, "connect");
    const answers = statuses(socket);
    while (next < count) {
      const event = numberedEvent(first, next, readings);
      next += 1;
      const body = addEventToJson({ event });
      const path = `${pathname}/event/${SERVICE}/${PROFILE}/${event.deviceName}/${event.sourceName}`;
      const start = performance.now();
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      const status = (await answers.next()).value;
      if (status !== 201) throw new Error(`core data answered ${status}`);
      times.push(performance.now() - start);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, post));
  return times;
});

/** The status of each answer on a connection; our server always sends Content-Length. */
async function* statuses(socket: Socket): AsyncGenerator<number, undefined> {
  let text = "";
  for await (const chunk of socket.setEncoding("latin1")) {
    text += chunk as string;
    for (let end = endOfAnswer(text); end >= 0 && end <= text.length; end = endOfAnswer(text)) {
      const status = Number(text.slice(9, 12));
      text = text.slice(end);
      yield status;
    }
  }
  return undefined;
}

function endOfAnswer(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return -1;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
  if (Number.isNaN(length)) throw new Error(`an answer without Content-Length: ${text.slice(0, head)}`);
  return head + 4 + length;
}
