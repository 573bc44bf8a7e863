import { type Deferred, deferred } from "@jx/kit";

/** Sends under way at once, and their bytes: the mirror waits beyond either, and its queue then drops the oldest. */
const SENDS = 64;
const BYTES = 262_144;

/** Bounds what is under way to the network. Beyond the bound `add` gives a promise that resolves when there is room. */
export class Window implements Disposable {
  #sends = 0;
  #bytes = 0;
  #room: Deferred<void> | undefined;

  add(bytes: number): Promise<void> | undefined {
    this.#sends += 1;
    this.#bytes += bytes;
    if (!this.#full) return undefined;
    this.#room ??= deferred();
    return this.#room.promise;
  }

  done(bytes: number): void {
    this.#sends -= 1;
    this.#bytes -= bytes;
    if (this.#full) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Nobody will say any more that what is under way has gone: whoever waits for room goes on. */
  [Symbol.dispose](): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  get #full(): boolean {
    return this.#sends >= SENDS || this.#bytes >= BYTES;
  }
}
