import { type Firing, stringifyJson } from "@jx/contracts";
import type { RuleState } from "@jx/pangu";
import { openStore, type Store } from "@jx/stores";
import type { RulesStore } from "./jobs.ts";

export interface FiringLogOptions {
  readonly file: string;
  /** Older firings than so many are deleted. */
  readonly keep: () => number;
}

/** A firing as it goes to the disk. */
export interface KeptFiring {
  readonly firing: Firing;
  /** Some action has no result yet. */
  readonly pending: boolean;
  /** False for one that is there already: only its results change. */
  readonly isNew: boolean;
}

/** What an earlier run left. */
export interface Memory {
  readonly states: readonly RuleState[];
  /** Firings whose actions had not ended. */
  readonly interrupted: readonly Firing[];
  /** Rule → how often it fired, of the firings still kept, and when last (ns since 1970). */
  readonly counts: ReadonlyMap<string, { readonly firings: number; readonly lastFiring: bigint }>;
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
    const { pending, states, counts } = await this.#store.read("open", undefined);
    return {
      states: states.map((text) => JSON.parse(text) as RuleState),
      interrupted: pending.map(toFiring),
      counts: new Map(
        counts.map(({ rule, firings, last }) => [rule, { firings, lastFiring: toFiring(last).time }] as const),
      ),
    };
  }

  /** Keeps firings together with the states they left behind; null forgets a rule's state. */
  async record(firings: readonly KeptFiring[], states: ReadonlyMap<string, RuleState | null>): Promise<void> {
    await this.#store.write("record", {
      firings: firings.map(({ firing, pending, isNew }) => ({
        id: firing.id,
        rule: firing.rule,
        body: stringifyJson(firing),
        pending,
        isNew,
      })),
      states: [...states].map(([rule, state]) => ({ rule, body: state === null ? null : JSON.stringify(state) })),
      keep: this.#keep(),
    });
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
