import { type Firing, stringifyJson } from "@jx/contracts";
import type { RuleState } from "@jx/pangu";
import { openStore, type Store } from "@jx/stores";
import type { RulesStore, StoredState } from "./jobs.ts";

export interface FiringLogOptions {
  readonly file: string;
  /** Older firings than so many are deleted. */
  readonly keep: () => number;
}

/** What an earlier run left. */
export interface Memory {
  readonly states: readonly RuleState[];
  /** Firings whose actions had not ended. */
  readonly interrupted: readonly Firing[];
  /** Rule → how often it fired, of the firings still kept. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Firings and rule states on disk. Resolved means synced (DESIGN §8.1). */
export class FiringLog implements AsyncDisposable {
  readonly #store: Store<RulesStore>;
  readonly #keep: () => number;

  private constructor(store: Store<RulesStore>, keep: () => number) {
    this.#store = store;
    this.#keep = keep;
  }

  static async open(options: FiringLogOptions): Promise<FiringLog> {
    const module = new URL("./jobs.ts", import.meta.url);
    return new FiringLog(await openStore<RulesStore>({ file: options.file, module }), options.keep);
  }

  get report(): object {
    return this.#store.report;
  }

  async remember(): Promise<Memory> {
    const { pending, states, counts } = await this.#store.read("open", undefined as never);
    return {
      states: states.map((text) => JSON.parse(text) as RuleState),
      interrupted: pending.map(toFiring),
      counts: new Map(counts),
    };
  }

  /** Keeps firings together with the states they left behind. */
  async record(
    firings: readonly Firing[],
    states: readonly RuleState[],
    forget: readonly string[] = [],
  ): Promise<void> {
    const rows: StoredState[] = states.map((state) => ({ rule: state.rule, body: JSON.stringify(state) }));
    for (const rule of forget) rows.push({ rule, body: null });
    await this.#store.write("record", {
      firings: firings.map((firing) => ({
        id: firing.id,
        rule: firing.rule,
        body: stringifyJson(firing),
        pending: true,
      })),
      states: rows,
      keep: this.#keep(),
    });
  }

  /** Keeps a firing with the results of its actions. */
  async finish(firing: Firing): Promise<void> {
    await this.#store.write("finish", { id: firing.id, body: stringifyJson(firing) });
  }

  async list(offset: number, limit: number): Promise<{ total: number; firings: Firing[] }> {
    const { total, bodies } = await this.#store.read("list", { offset, limit });
    return { total, firings: bodies.map(toFiring) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}

/** 64-bit times were written as integers; read as JSON numbers they would be rounded. */
function toFiring(text: string): Firing {
  const quoted = text.replace(/"(time|origin)":(\d+)/g, '"$1":"$2"');
  return JSON.parse(quoted, (key, value: unknown) =>
    (key === "time" || key === "origin") && typeof value === "string" && /^\d+$/.test(value) ? BigInt(value) : value,
  ) as Firing;
}
