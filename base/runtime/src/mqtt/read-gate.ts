import type { Socket } from "node:net";

/**
 * Lets the broker read no more from a client while something that the client sent waits for room on the bus. aedes counts
 * each "readable" event of the socket as a packet that is done (client.js, nextBatch), so under a backlog it reads ahead
 * a little further with each, without end; what the bus cannot hold any more is then lost.
 */
export class ReadGate {
  #waiting = 0;
  readonly #wake: () => void;

  constructor(socket: Socket) {
    const read = socket.read.bind(socket);
    this.#wake = () => {
      if (!socket.destroyed) socket.emit("readable");
    };
    // What was refused is asked for again when the last packet that waits is done.
    socket.read = (size?: number): Buffer | null => (this.#waiting > 0 ? null : (read(size) as Buffer | null));
  }

  /** Holds the client until the promise resolves, and then says so to the broker. */
  async hold(wait: Promise<void>, done: () => void): Promise<void> {
    this.#waiting += 1;
    await wait;
    this.#waiting -= 1;
    done();
    if (this.#waiting === 0) setImmediate(this.#wake);
  }
}
