/** Colours for a terminal; for a pipe or NO_COLOR (no-color.org) the same functions leave the text as it is. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

export function createPaint(colours: boolean): Paint {
  const wrap =
    (on: number, off: number) =>
    (text: string): string =>
      colours && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: wrap(1, 22), dim: wrap(2, 22), good: wrap(32, 39), warn: wrap(33, 39), bad: wrap(31, 39) };
}

/** Words that tell a state, in the colour of that state. */
export function paintState(paint: Paint, state: string): string {
  if (/^(ok|up|good|true|verified)$/i.test(state)) return paint.good(state);
  if (/^(down|bad|failed|error)$/i.test(state)) return paint.bad(state);
  return /^(degraded|uncertain|waiting|warn|unknown|stale)$/i.test(state) ? paint.warn(state) : state;
}
