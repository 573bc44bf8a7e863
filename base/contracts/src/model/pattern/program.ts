/** A pattern as steps, and the machine that runs them: all alternatives side by side, in time proportional to pattern × text. */

import { AppError } from "@jx/kit";

export class PatternError extends Error {}

export type Step =
  | { readonly op: "char"; readonly test: (char: string) => boolean }
  | { readonly op: "split"; readonly to: readonly [number, number] }
  | { readonly op: "begin" | "end" | "line-begin" | "line-end" | "word-edge" | "no-word-edge" | "match" };
/** Built with relative targets, so that a piece can be repeated; `split` is relative until then. */
export type Piece = readonly Step[];

const MAX_PROGRAM = 4_096;

export function split(a: number, b: number): Step {
  return { op: "split", to: [a, b] };
}

export function jump(by: number): Step {
  return split(by, by);
}

export function star(piece: Piece): Piece {
  return [split(1, piece.length + 2), ...piece, jump(-piece.length - 1)];
}

export function optional(piece: Piece): Piece {
  return [split(1, piece.length + 1), ...piece];
}

export function times(piece: Piece, min: number, max: number | undefined): Piece {
  const copies = Math.max(min, max ?? min + 1);
  if (piece.length * copies > MAX_PROGRAM) throw new PatternError("too large");
  const required = Array.from({ length: min }, () => piece).flat();
  if (max === undefined) return [...required, ...star(piece)];
  return [...required, ...Array.from({ length: max - min }, () => optional(piece)).flat()];
}

export function sized(piece: Piece): Piece {
  if (piece.length > MAX_PROGRAM) throw new PatternError("too large");
  return piece;
}

/** How many steps matching may still take: the patterns and names of one request share it. */
export class PatternWork {
  #left: number;

  /** By default about a third of a second of a slow processor. */
  constructor(steps = 2_000_000) {
    this.#left = steps;
  }

  /** @throws AppError ContractInvalid when they are used up */
  take(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    throw new AppError("ContractInvalid", "matching takes too long; use simpler patterns, or fewer of them", {
      code: "pattern-too-slow",
    });
  }
}

/** Follows every alternative at once (K. Thompson, CACM 11 (6), 1968). @throws AppError as PatternWork does */
export function matches(program: Piece, name: string, work: PatternWork): boolean {
  // No more characters are looked at than steps are left.
  work.take(name.length);
  const chars = [...name];
  let states = closure(program, [0], 0, chars);
  for (const [i, char] of chars.entries()) {
    const next: number[] = [];
    for (const at of states) {
      const step = program[at];
      if (step?.op === "char" && step.test(char)) next.push(at + 1);
    }
    if (next.length === 0) return false;
    work.take(states.size);
    states = closure(program, next, i + 1, chars);
  }
  return [...states].some((at) => program[at]?.op === "match");
}

/** All steps reachable without reading a character. */
function closure(
  program: Piece,
  from: readonly number[],
  position: number,
  chars: readonly string[],
): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = program[at];
    if (step?.op === "split") open.push(at + step.to[0], at + step.to[1]);
    else if (step !== undefined && step.op !== "char" && step.op !== "match" && holds(step.op, position, chars)) {
      open.push(at + 1);
    }
  }
  return seen;
}

type Condition = Exclude<Step["op"], "char" | "split" | "match">;

/** Whether a condition between two characters is met. */
function holds(condition: Condition, position: number, chars: readonly string[]): boolean {
  const before = chars[position - 1];
  const after = chars[position];
  switch (condition) {
    case "begin":
      return before === undefined;
    case "end":
      return after === undefined;
    case "line-begin":
      return before === undefined || before === "\n";
    case "line-end":
      return after === undefined || after === "\n";
    default:
      return (isWord(before) !== isWord(after)) === (condition === "word-edge");
  }
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /^[0-9A-Za-z_]$/.test(char);
}
