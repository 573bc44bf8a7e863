/** What every name begins with that a contract step ever made, in any run. Only these letters: keeper's keys take few. */
export const PREFIX = "jx-conform-";

/** A prefix of one run: `id` tells runs apart that meet on one system. */
export function runPrefix(id: string): string {
  return `${PREFIX}${id}-`;
}
