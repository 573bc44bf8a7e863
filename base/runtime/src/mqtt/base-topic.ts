import { BASE_TOPIC, filters } from "@jx/contracts";

/** Keeper's notices stay where EdgeX's clients expect them, whatever the base is (go-mod-configuration keeper/client.go). */
const CONFIGS = filters.configChanges.slice(0, -1);

/** EdgeX's MessageBus.BaseTopicPrefix: what stands on the network in place of "edgex", the base of topics in the process. */
export class BaseTopic {
  readonly #prefix: string;

  constructor(base: string | undefined) {
    this.#prefix = `${base === undefined || base === "" ? BASE_TOPIC : base.replace(/\/+$/, "")}/`;
  }

  /** What to subscribe to on an outside broker. */
  get filters(): readonly string[] {
    const all = `${this.#prefix}#`;
    return all === filters.everything ? [all] : [all, filters.configChanges];
  }

  toNetwork(topic: string): string {
    if (topic.startsWith(CONFIGS)) return topic;
    return this.#prefix + topic.slice(BASE_TOPIC.length + 1);
  }

  /** undefined: the topic is not one of the bus. */
  fromNetwork(topic: string): string | undefined {
    if (topic.startsWith(CONFIGS)) return topic;
    return topic.startsWith(this.#prefix) ? `${BASE_TOPIC}/${topic.slice(this.#prefix.length)}` : undefined;
  }
}
