/** Subscriptions by MQTT topic filter: `+` one level, `#` the rest (OASIS MQTT 3.1.1 §4.7). */
export class TopicTree<T> {
  readonly #root: Node<T> = newNode();
  /** Which subscribers a topic has; topics repeat at every poll. Dropped whole when it grows or the tree changes. */
  #cache = new Map<string, readonly T[]>();

  add(filter: string, item: T): void {
    let node = this.#root;
    for (const level of filter.split("/")) {
      let next = node.children.get(level);
      if (next === undefined) {
        next = newNode();
        node.children.set(level, next);
      }
      node = next;
    }
    node.items.add(item);
    this.#cache.clear();
  }

  remove(filter: string, item: T): void {
    removeFrom(this.#root, filter.split("/"), 0, item);
    this.#cache.clear();
  }

  match(topic: string): readonly T[] {
    const cached = this.#cache.get(topic);
    if (cached !== undefined) return cached;
    const found = new Set<T>();
    collect(this.#root, topic.split("/"), 0, found);
    const items = [...found];
    if (this.#cache.size >= MAX_CACHED_TOPICS) this.#cache.clear();
    this.#cache.set(topic, items);
    return items;
  }
}

const MAX_CACHED_TOPICS = 16_384;

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  readonly items: Set<T>;
}

function newNode<T>(): Node<T> {
  return { children: new Map(), items: new Set() };
}

function collect<T>(node: Node<T>, levels: readonly string[], at: number, found: Set<T>): void {
  const rest = node.children.get("#");
  if (rest !== undefined) for (const item of rest.items) found.add(item);
  const level = levels[at];
  if (level === undefined) {
    for (const item of node.items) found.add(item);
    return;
  }
  for (const key of [level, "+"]) {
    const next = node.children.get(key);
    if (next !== undefined) collect(next, levels, at + 1, found);
  }
}

/** True when the node is empty afterwards, so that the parent can drop it. */
function removeFrom<T>(node: Node<T>, levels: readonly string[], at: number, item: T): boolean {
  const level = levels[at];
  if (level === undefined) {
    node.items.delete(item);
  } else {
    const next = node.children.get(level);
    if (next !== undefined && removeFrom(next, levels, at + 1, item)) node.children.delete(level);
  }
  return node.items.size === 0 && node.children.size === 0;
}
