import type { LiveMessage } from "@jx/contracts";

/** The part of the browser's EventSource that is used here. */
export interface Source {
  readonly readyState: number;
  onerror: ((event: never) => unknown) | null;
  addEventListener(name: string, listener: (event: { readonly data: string }) => void): void;
  close(): void;
}

export interface StreamDeps {
  readonly open: () => Source;
  readonly onMessage: (message: LiveMessage) => void;
  readonly onLost: () => void;
}

const NAMES: readonly LiveMessage["name"][] = ["readings", "rules", "firing", "health", "metadata", "status"];
/** The edge tells its status every second; silence for so long means that the connection is dead, ms. */
const SILENCE_MS = 5_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;

/**
 * Keeps the one stream open. EventSource alone gives up after an answer that is no stream (a restart, a full house)
 * and does not notice a connection that went silent.
 */
export class LiveStream implements Disposable {
  readonly #deps: StreamDeps;
  #source: Source | undefined;
  #retryMs = FIRST_RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: StreamDeps) {
    this.#deps = deps;
    this.#open();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #open(): void {
    const source = this.#deps.open();
    this.#source = source;
    for (const name of NAMES) source.addEventListener(name, ({ data }) => this.#heard(source, name, data));
    source.onerror = () => this.#lost(source);
    this.#after(SILENCE_MS, () => this.#lost(source));
  }

  #heard(source: Source, name: LiveMessage["name"], data: string): void {
    if (source !== this.#source) return;
    this.#retryMs = FIRST_RETRY_MS;
    this.#after(SILENCE_MS, () => this.#lost(source));
    this.#deps.onMessage({ name, data: JSON.parse(data) } as LiveMessage);
  }

  #lost(source: Source): void {
    if (source !== this.#source) return;
    source.close();
    this.#source = undefined;
    this.#deps.onLost();
    this.#after(this.#retryMs, () => this.#open());
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
  }

  #after(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, ms);
  }
}
