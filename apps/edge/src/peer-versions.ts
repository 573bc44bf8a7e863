import { commonOperations } from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { httpClient } from "@jx/runtime";

/** What GET /version of a peer says. */
export interface PeerVersion {
  readonly version?: string;
  readonly jxVersion?: string;
  readonly problem?: string;
}

export interface PeerVersionsDeps {
  /** ms, only ever growing. */
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** A peer's version changes with a new start of it, which is rare; one that did not answer is asked again sooner. */
const KNOWN_MS = 60_000;
const UNKNOWN_MS = 10_000;
/** A person waits for the page. */
const TIMEOUT_MS = 1_000;
/** Registrations come from outside: so many are asked and remembered, no more. */
const MAX_PEERS = 200;
const MAX_TEXT = 100;

/** Asks services that others run for their version, and remembers it a while. */
export class PeerVersions {
  readonly #deps: PeerVersionsDeps;
  readonly #known = new Map<string, { readonly until: number; readonly answer: Promise<PeerVersion> }>();

  constructor(deps: PeerVersionsDeps) {
    this.#deps = deps;
  }

  /** `address` is "http://host:port". Never rejects. */
  of(address: string): Promise<PeerVersion> {
    const now = this.#deps.nowMs();
    const known = this.#known.get(address);
    if (known !== undefined && known.until > now) return known.answer;
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
    if (this.#known.size >= MAX_PEERS) return Promise.resolve({ problem: `only ${MAX_PEERS} services are asked` });
    const answer = this.#ask(address);
    this.#known.set(address, { until: now + KNOWN_MS, answer });
    void answer.then(({ problem }) => {
      if (problem !== undefined) this.#known.set(address, { until: now + UNKNOWN_MS, answer });
    });
    return answer;
  }

  async #ask(address: string): Promise<PeerVersion> {
    const options = { baseUrl: `${address}/api/v3`, timeoutMs: TIMEOUT_MS, newId: this.#deps.newId };
    try {
      const answer: Readonly<Record<string, unknown>> = await httpClient(commonOperations, options).version({});
      const { version, jxVersion } = answer;
      if (typeof version !== "string") return { problem: "GET /version: there is no version in the answer" };
      const cut = version.slice(0, MAX_TEXT);
      return typeof jxVersion === "string"
        ? { version: cut, jxVersion: jxVersion.slice(0, MAX_TEXT) }
        : { version: cut };
    } catch (error) {
      return { problem: messageOf(error).slice(0, MAX_TEXT) };
    }
  }
}
