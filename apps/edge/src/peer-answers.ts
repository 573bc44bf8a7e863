export interface PeerAnswersOptions {
  /** ms that an answer is good for. */
  readonly knownMs: number;
  /** ms after which one that did not answer is asked again. */
  readonly unknownMs: number;
}

export interface PeerDeps {
  /** ms, only ever growing. */
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** A person waits for what peers say, ms. */
export const PEER_TIMEOUT_MS = 1_000;
/** Names and reasons come from outside and go to a page. */
export const MAX_PEER_TEXT = 100;
/** Registrations come from outside: so many are asked and remembered, no more. */
const MAX_PEERS = 200;

/** Asks services that others run one question, and remembers the answers a while. */
export class PeerAnswers<A extends object> {
  readonly #options: PeerAnswersOptions;
  readonly #nowMs: () => number;
  readonly #ask: (address: string) => Promise<A | Unanswered>;
  readonly #known = new Map<string, { readonly until: number; readonly answer: Promise<A | Unanswered> }>();

  /** `ask` never rejects. */
  constructor(
    options: PeerAnswersOptions,
    deps: Pick<PeerDeps, "nowMs">,
    ask: (address: string) => Promise<A | Unanswered>,
  ) {
    this.#options = options;
    this.#nowMs = deps.nowMs;
    this.#ask = ask;
  }

  /** `address` is "http://host:port". Never rejects. */
  of(address: string): Promise<A | Unanswered> {
    const now = this.#nowMs();
    const known = this.#known.get(address);
    if (known !== undefined && known.until > now) return known.answer;
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
    if (this.#known.size >= MAX_PEERS) return Promise.resolve({ problem: `only ${MAX_PEERS} services are asked` });
    const answer = this.#ask(address);
    const { knownMs, unknownMs } = this.#options;
    this.#known.set(address, { until: now + knownMs, answer });
    void answer.then((said) => {
      if (isUnanswered(said)) this.#known.set(address, { until: now + unknownMs, answer });
    });
    return answer;
  }
}

/** Why a peer's answer is not known. */
export interface Unanswered {
  readonly problem: string;
}

export function isUnanswered(answer: object): answer is Unanswered {
  return "problem" in answer;
}
