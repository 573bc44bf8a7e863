/** What a told thing carries beside its text. */
export type Facts = Readonly<Record<string, unknown>>;

/** Code → the Chinese sentence. The English one is the message itself. */
export type Words = Readonly<Record<string, (facts: Facts) => string>>;

/** A list as Chinese writes it. */
export function listed(items: unknown): string {
  return Array.isArray(items) ? items.join("、") : String(items);
}

/** "（…）", or nothing when there is nothing to say. */
export function aside(text: unknown): string {
  return text === undefined || text === null || text === "" ? "" : `（${String(text)}）`;
}

/** A process that holds something, as base/stores finds it. */
export function processText({ pid, command }: Facts): string {
  return pid === undefined ? "另一个进程" : `进程 ${pid}${aside(command)}`;
}
