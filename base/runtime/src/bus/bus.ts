import type { Message } from "@jx/contracts";
import { type Handler, type SubscribeOptions, Subscription, type SubscriptionStats } from "./subscription.ts";
import { TopicTree } from "./topic-tree.ts";

/** Closing ends delivery at once; what still waits is dropped. */
export interface SubscriptionHandle extends Disposable {
  /** Resolves when everything published so far has been handled. */
  drained(): Promise<void>;
}

/** The message bus inside the process (DESIGN §5). */
export interface Bus {
  /**
   * Hands a message to every matching subscriber's queue and returns. A promise comes back only when a subscriber
   * with policy "block" has no room; it resolves once there is: wait for it before publishing more.
   */
  publish(message: Message): Promise<void> | undefined;
  subscribe(filter: string, options: SubscribeOptions, handler: Handler): SubscriptionHandle;
  /** True when somebody would get the topic: here, or behind a subscriber that passes messages on. */
  hasSubscriber(topic: string): boolean;
  stats(): readonly SubscriptionStats[];
}

export interface BusDeps {
  /** A subscriber threw: counted and told, never fatal. */
  readonly onError: (error: unknown, message: Message, subscriber: string) => void;
  /** Set in tests: every message is frozen deeply, so that a subscriber that changes one fails. */
  readonly freeze?: boolean;
}

export function createBus(deps: BusDeps): Bus {
  const tree = new TopicTree<Subscription>();
  const all = new Set<Subscription>();
  return {
    publish(message) {
      if (deps.freeze === true) deepFreeze(message);
      let blocked: Promise<void>[] | undefined;
      for (const subscription of tree.match(message.topic)) {
        const wait = subscription.offer(message);
        if (wait !== undefined) {
          blocked ??= [];
          blocked.push(wait);
        }
      }
      return blocked === undefined ? undefined : Promise.all(blocked).then(() => undefined);
    },
    subscribe(filter, options, handler) {
      const subscription = new Subscription(filter, options, handler, (error, message) =>
        deps.onError(error, message, options.name),
      );
      tree.add(filter, subscription);
      all.add(subscription);
      return {
        drained: () => subscription.drained(),
        [Symbol.dispose]() {
          tree.remove(filter, subscription);
          all.delete(subscription);
          subscription.close();
        },
      };
    },
    hasSubscriber: (topic) => tree.match(topic).some((subscription) => subscription.wants(topic)),
    stats: () => [...all].map((subscription) => subscription.stats),
  };
}

function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
