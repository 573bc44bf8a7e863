/**
 * Source names may be POSIX extended regular expressions over resource names; a pattern must match the whole name
 * (Go regexp.CompilePOSIX; edgex-behaviour.md §1.2, edgex-device-sdk.md §2). JavaScript's own RegExp differs in syntax,
 * and one hostile pattern could hold the main loop for minutes: this one runs all alternatives side by side, in time
 * proportional to pattern × name.
 */
export type SourcePattern = (name: string) => boolean;

/** undefined when the text is no such pattern, or one larger than any name needs. */
export function compileSourcePattern(text: string): SourcePattern | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const program = new Compiler(text).compile();
    return (name) => matches(program, name);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

const MAX_LENGTH = 512;
const MAX_PROGRAM = 4_096;
/** Go's limit for {m,n}. */
const MAX_REPEAT = 1_000;

class PatternError extends Error {}

type Step =
  | { readonly op: "char"; readonly test: (char: string) => boolean }
  | { readonly op: "split"; readonly to: readonly [number, number] }
  | { readonly op: "begin" | "end" | "match" };
/** Built with relative targets, so that a piece can be repeated; `split` is relative until then. */
type Piece = readonly Step[];

class Compiler {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#chars = [...text];
  }

  compile(): Piece {
    const piece = this.#alternatives();
    if (this.#at < this.#chars.length) throw new PatternError("unexpected )");
    return sized([...piece, { op: "match" }]);
  }

  #alternatives(): Piece {
    const left = this.#sequence();
    if (!this.#take("|")) return left;
    const right = this.#alternatives();
    // split → left, jump over right
    return sized([split(1, left.length + 2), ...left, jump(right.length + 1), ...right]);
  }

  #sequence(): Piece {
    let piece: Piece = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      piece = sized([...piece, ...this.#repeated(this.#atom())]);
    }
    return piece;
  }

  #repeated(atom: Piece): Piece {
    let piece = atom;
    for (;;) {
      if (this.#take("*")) piece = star(piece);
      else if (this.#take("+")) piece = [...piece, ...star(piece)];
      else if (this.#take("?")) piece = optional(piece);
      else {
        const bounds = this.#bounds();
        if (bounds === undefined) return piece;
        piece = times(piece, bounds[0], bounds[1]);
      }
      sized(piece);
    }
  }

  /** "{m}", "{m,}" or "{m,n}"; any other brace is a plain character, as in Go. */
  #bounds(): readonly [number, number | undefined] | undefined {
    const found = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(this.#chars.slice(this.#at, this.#at + 12).join(""));
    if (found === null) return undefined;
    this.#at += found[0].length;
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === undefined ? undefined : Number(found[3]);
    if (min > MAX_REPEAT || (max !== undefined && (max > MAX_REPEAT || max < min))) throw new PatternError("repeat");
    return [min, max];
  }

  #atom(): Piece {
    const char = this.#next();
    switch (char) {
      case "(": {
        if (this.#peek() === "?") throw new PatternError("(? is Perl's");
        const inner = this.#alternatives();
        if (!this.#take(")")) throw new PatternError("missing )");
        return inner;
      }
      case "[":
        return [{ op: "char", test: this.#charClass() }];
      case ".":
        return [{ op: "char", test: (c) => c !== "\n" }];
      case "^":
        return [{ op: "begin" }];
      case "$":
        return [{ op: "end" }];
      case "*":
      case "+":
      case "?":
        throw new PatternError("nothing to repeat");
      case "\\":
        return [literal(this.#escaped())];
      default:
        return [literal(char)];
    }
  }

  /** Only punctuation may be escaped: \d and its like are Perl's. */
  #escaped(): string {
    const char = this.#next();
    if (/[\p{L}\p{N}_]/u.test(char)) throw new PatternError("escape");
    return char;
  }

  #charClass(): (char: string) => boolean {
    const negated = this.#take("^");
    const tests: ((char: string) => boolean)[] = [];
    do tests.push(this.#classItem());
    while (!this.#take("]"));
    return (char) => tests.some((test) => test(char)) !== negated;
  }

  #classItem(): (char: string) => boolean {
    const named = /^\[:(\^?)(\w+):\]/.exec(this.#chars.slice(this.#at, this.#at + 14).join(""));
    if (named !== null) {
      const known = NAMED_CLASSES[named[2] ?? ""];
      if (known === undefined) throw new PatternError("class");
      this.#at += named[0].length;
      return (char) => known.test(char) !== (named[1] === "^");
    }
    const low = this.#classChar();
    if (this.#peek() !== "-" || this.#chars[this.#at + 1] === "]") return (char) => char === low;
    this.#at += 1;
    const high = this.#classChar();
    if (codeOf(high) < codeOf(low)) throw new PatternError("range");
    return (char) => codeOf(char) >= codeOf(low) && codeOf(char) <= codeOf(high);
  }

  #classChar(): string {
    const char = this.#next();
    return char === "\\" ? this.#escaped() : char;
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #next(): string {
    const char = this.#chars[this.#at];
    if (char === undefined) throw new PatternError("unexpected end");
    this.#at += 1;
    return char;
  }

  #take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
}

/** POSIX classes, ASCII as in Go. */
const NAMED_CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[\t ]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t\n\v\f\r ]/,
  upper: /[A-Z]/,
  word: /[0-9A-Za-z_]/,
  xdigit: /[0-9A-Fa-f]/,
};

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}

function literal(wanted: string): Step {
  return { op: "char", test: (char) => char === wanted };
}

function split(a: number, b: number): Step {
  return { op: "split", to: [a, b] };
}

function jump(by: number): Step {
  return split(by, by);
}

function star(piece: Piece): Piece {
  return [split(1, piece.length + 2), ...piece, jump(-piece.length - 1)];
}

function optional(piece: Piece): Piece {
  return [split(1, piece.length + 1), ...piece];
}

function times(piece: Piece, min: number, max: number | undefined): Piece {
  const copies = Math.max(min, max ?? min + 1);
  if (piece.length * copies > MAX_PROGRAM) throw new PatternError("too large");
  const required = Array.from({ length: min }, () => piece).flat();
  if (max === undefined) return [...required, ...star(piece)];
  return [...required, ...Array.from({ length: max - min }, () => optional(piece)).flat()];
}

function sized(piece: Piece): Piece {
  if (piece.length > MAX_PROGRAM) throw new PatternError("too large");
  return piece;
}

/** Follows every alternative at once (K. Thompson, CACM 11 (6), 1968). */
function matches(program: Piece, name: string): boolean {
  const chars = [...name];
  let states = closure(program, [0], 0, chars.length);
  for (const [i, char] of chars.entries()) {
    const next: number[] = [];
    for (const at of states) {
      const step = program[at];
      if (step?.op === "char" && step.test(char)) next.push(at + 1);
    }
    if (next.length === 0) return false;
    states = closure(program, next, i + 1, chars.length);
  }
  return [...states].some((at) => program[at]?.op === "match");
}

/** All steps reachable without reading a character. */
function closure(program: Piece, from: readonly number[], position: number, length: number): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = program[at];
    if (step?.op === "split") open.push(at + step.to[0], at + step.to[1]);
    else if (step?.op === "begin" && position === 0) open.push(at + 1);
    else if (step?.op === "end" && position === length) open.push(at + 1);
  }
  return seen;
}
