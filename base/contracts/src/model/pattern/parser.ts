import { jump, optional, PatternError, type Piece, sized, split, star, times } from "./program.ts";

export type CharTest = (char: string) => boolean;

/** Go's limit for {m,n}. */
const MAX_REPEAT = 1_000;

/**
 * POSIX extended regular expressions as Go's regexp.CompilePOSIX reads them, into steps. What RE2's own syntax has
 * besides, a subclass reads.
 */
export class PatternParser {
  protected readonly chars: readonly string[];
  protected at = 0;

  constructor(text: string) {
    this.chars = [...text];
  }

  compile(): Piece {
    const piece = this.alternatives();
    if (this.at < this.chars.length) throw new PatternError("unexpected )");
    return sized([...piece, { op: "match" }]);
  }

  protected alternatives(): Piece {
    const left = this.sequence();
    if (!this.take("|")) return left;
    const right = this.alternatives();
    // split → left, jump over right
    return sized([split(1, left.length + 2), ...left, jump(right.length + 1), ...right]);
  }

  protected sequence(): Piece {
    let piece: Piece = [];
    for (let next = this.peek(); next !== undefined && next !== "|" && next !== ")"; next = this.peek()) {
      piece = sized([...piece, ...this.repeated(this.atom())]);
    }
    return piece;
  }

  protected repeated(atom: Piece): Piece {
    let piece = atom;
    for (let more = this.once(piece); more !== undefined; more = this.once(piece)) piece = more;
    return piece;
  }

  /** The piece under the next operator; undefined when there is none. */
  protected once(piece: Piece): Piece | undefined {
    if (this.take("*")) return sized(star(piece));
    if (this.take("+")) return sized([...piece, ...star(piece)]);
    if (this.take("?")) return optional(piece);
    const bounds = this.#bounds();
    return bounds === undefined ? undefined : sized(times(piece, bounds[0], bounds[1]));
  }

  /** "{m}", "{m,}" or "{m,n}"; any other brace is a plain character, as in Go. */
  #bounds(): readonly [number, number | undefined] | undefined {
    const found = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(this.chars.slice(this.at, this.at + 12).join(""));
    if (found === null) return undefined;
    this.at += found[0].length;
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === undefined ? undefined : Number(found[3]);
    if (min > MAX_REPEAT || (max !== undefined && (max > MAX_REPEAT || max < min))) throw new PatternError("repeat");
    return [min, max];
  }

  protected atom(): Piece {
    const char = this.next();
    switch (char) {
      case "(": {
        if (this.peek() === "?") throw new PatternError("(? is Perl's");
        const inner = this.alternatives();
        if (!this.take(")")) throw new PatternError("missing )");
        return inner;
      }
      case "[":
        return [{ op: "char", test: this.charClass() }];
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
        return this.literal(this.escaped());
      default:
        return this.literal(char);
    }
  }

  protected literal(wanted: string): Piece {
    return [{ op: "char", test: (char) => char === wanted }];
  }

  /** Only ASCII punctuation may be escaped: \d and its like are Perl's. */
  protected escaped(): string {
    const char = this.next();
    if (/[0-9A-Za-z]/.test(char) || codeOf(char) > 0x7f) throw new PatternError("escape");
    return char;
  }

  protected charClass(): CharTest {
    const negated = this.take("^");
    const tests: CharTest[] = [];
    do tests.push(this.classItem());
    while (!this.take("]"));
    return (char) => tests.some((test) => test(char)) !== negated;
  }

  protected classItem(): CharTest {
    const named = /^\[:(\^?)(\w+):\]/.exec(this.chars.slice(this.at, this.at + 14).join(""));
    if (named !== null) {
      const known = NAMED_CLASSES[named[2] ?? ""];
      if (known === undefined) throw new PatternError("class");
      this.at += named[0].length;
      return (char) => known.test(char) !== (named[1] === "^");
    }
    const low = this.classChar();
    if (this.peek() !== "-" || this.chars[this.at + 1] === "]") return (char) => char === low;
    this.at += 1;
    const high = this.classChar();
    if (codeOf(high) < codeOf(low)) throw new PatternError("range");
    return (char) => codeOf(char) >= codeOf(low) && codeOf(char) <= codeOf(high);
  }

  protected classChar(): string {
    const char = this.next();
    return char === "\\" ? this.escaped() : char;
  }

  protected peek(): string | undefined {
    return this.chars[this.at];
  }

  protected next(): string {
    const char = this.chars[this.at];
    if (char === undefined) throw new PatternError("unexpected end");
    this.at += 1;
    return char;
  }

  protected take(char: string): boolean {
    if (this.chars[this.at] !== char) return false;
    this.at += 1;
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
