import type { Socket } from "node:net";

/**
 * Follows MQTT's framing (OASIS MQTT 3.1.1 §2.2: one type byte, then the remaining length in up to four bytes of seven
 * bits) without keeping any bytes. False once a packet announces more than the limit.
 */
export class Framing {
  readonly #limit: number;
  #skip = 0;
  #state: "type" | "length" = "type";
  #type = 0;
  #length = 0;
  #shift = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param header is told of each packet whose header ends in the chunk: its first byte, its length, the header's end */
  accept(chunk: Uint8Array, header?: (type: number, length: number, end: number) => void): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (this.#state === "type") {
        this.#state = "length";
        this.#type = byte;
        this.#length = 0;
        this.#shift = 0;
        continue;
      }
      this.#length += (byte & 0x7f) * 2 ** this.#shift;
      this.#shift += 7;
      if (this.#length > this.#limit || this.#shift > 28) return false;
      if (byte < 0x80) {
        this.#skip = this.#length;
        this.#state = "type";
        header?.(this.#type, this.#length, at);
      }
    }
    return true;
  }
}

/**
 * Ends a connection that announces a packet larger than `maxBytes`. aedes gathers a packet whole before it looks at it,
 * up to MQTT's own 256 MB, and has no setting for this; so the bytes are watched where it reads them.
 */
export function limitPackets(socket: Socket, maxBytes: number, onTooLarge: () => void): void {
  const framing = new Framing(maxBytes);
  const read = socket.read.bind(socket);
  socket.read = (size?: number): Buffer | null => {
    const chunk = read(size) as Buffer | null;
    if (chunk === null || framing.accept(chunk)) return chunk;
    onTooLarge();
    socket.destroy();
    return null;
  };
}
