import type { Socket } from "node:net";
import { Framing } from "./packet-limit.ts";

/** MQTT 3.1.1 §3.12 and §3.13: neither has a body. */
const PINGREQ = 0xc0;
const PINGRESP = Uint8Array.of(0xd0, 0);
/** A client that is silent for so many keep-alives is gone (MQTT 3.1.1 §3.1.2.10). */
const PATIENCE = 1.5;

/**
 * Keeps the connection of a client whose messages wait for the bus. The broker does not read it then, so it would neither
 * answer the client's pings, which stand behind those messages, nor know that the client lives. Here both are seen as
 * the bytes arrive from the network, up to what the socket buffers (1 MiB).
 */
export class KeepAlive {
  readonly #socket: Socket;
  readonly #framing = new Framing(Number.POSITIVE_INFINITY);
  #timer: NodeJS.Timeout | undefined;
  #started = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    const push = socket.push.bind(socket);
    socket.push = (chunk: Buffer | null): boolean => push(chunk === null ? null : this.#heard(chunk));
    socket.once("close", () => clearTimeout(this.#timer));
  }

  /** @param seconds as the client announces in its CONNECT; 0: it may be silent for ever */
  expect(seconds: number, silent: () => void): void {
    if (seconds === 0 || this.#timer !== undefined || this.#socket.destroyed) return;
    this.#timer = setTimeout(
      () => {
        // Bytes that we have not read say nothing against the client.
        if (this.#socket.readableLength > 0) this.#timer?.refresh();
        else silent();
      },
      seconds * 1_000 * PATIENCE,
    );
  }

  /** The CONNECT has been answered: from now on pings are. */
  start(): void {
    this.#started = true;
  }

  /** Answers the pings in what arrived, and gives the rest. One that the network cut in two is left to the broker. */
  #heard(chunk: Buffer): Buffer {
    this.#timer?.refresh();
    let rest: Buffer[] | undefined;
    let from = 0;
    this.#framing.accept(chunk, (type, length, end) => {
      if (type !== PINGREQ || length > 0 || chunk[end - 2] !== PINGREQ || !this.#started) return;
      rest ??= [];
      rest.push(chunk.subarray(from, end - 2));
      from = end;
      // Who sends pings and takes no answers gets none.
      if (!this.#socket.writableNeedDrain) this.#socket.write(PINGRESP);
    });
    return rest === undefined ? chunk : Buffer.concat([...rest, chunk.subarray(from)]);
  }
}
