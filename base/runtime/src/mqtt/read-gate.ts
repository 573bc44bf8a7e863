import type { Socket } from "node:net";

/**
 * Lets the broker read a client slice by slice, and nothing while something that the client sent waits for room on the
 * bus. aedes itself does not hold back: it counts each "readable" of the socket as a packet that is done (client.js,
 * nextBatch), so under a backlog it reads ahead a little further with each; what the bus cannot hold any more is lost.
 * All messages of a slice are handed on, also when the first of them must wait: slices bound what waits for the bus.
 */
export class ReadGate {
  readonly #socket: Socket;
  #waiting = 0;
  #waking = false;

  /** @param slice bytes that are read at once */
  constructor(socket: Socket, slice: number) {
    this.#socket = socket;
    const read = socket.read.bind(socket);
    // What was refused or left is offered again, when nothing waits any more. A slice a turn: aedes asks for the next one
    // from within its parser, which does not bear it, and other clients get their turn.
    socket.read = (size?: number): Buffer | null => {
      if (size === 0) return read(0) as null; // Node itself: it fetches more for the buffer
      if (this.#waiting > 0 || this.#waking) return null;
      if (socket.readableLength <= slice) return read(size) as Buffer | null;
      this.#wake();
      return read(slice) as Buffer | null;
    };
  }

  /** Holds the client until the promise resolves, and then says so to the broker. */
  async hold(wait: Promise<void>, done: () => void): Promise<void> {
    this.#waiting += 1;
    await wait;
    this.#waiting -= 1;
    done();
    if (this.#waiting === 0) this.#wake();
  }

  #wake(): void {
    if (this.#waking) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      if (this.#waiting === 0 && !this.#socket.destroyed) this.#socket.emit("readable");
    });
  }
}
