import { type CharTest, PatternParser } from "./parser.ts";
import { PatternError, type Piece } from "./program.ts";

interface Flags {
  /** Letters match in either case. */
  readonly i: boolean;
  /** ^ and $ match at line ends. */
  readonly m: boolean;
  /** "." matches the end of a line. */
  readonly s: boolean;
}

/**
 * What RE2's syntax has beyond POSIX: groups with names and flags, lazy repetition (which changes nothing where only
 * "does it match" is asked), classes such as \\d and \\pL, word edges, hexadecimal characters, quoting. Source: Go
 * regexp/syntax doc.go with the flags of syntax.Perl; \\C is not there.
 */
export class Re2Parser extends PatternParser {
  #flags: Flags = { i: false, m: false, s: false };

  constructor(text: string) {
    super(unquoted(text));
  }

  protected override atom(): Piece {
    const at = this.at;
    const char = this.next();
    switch (char) {
      case "(":
        return this.#group();
      case "[":
        return [{ op: "char", test: this.#folded(this.charClass()) }];
      case ".":
        return [{ op: "char", test: this.#flags.s ? () => true : (c) => c !== "\n" }];
      case "^":
        return [{ op: this.#flags.m ? "line-begin" : "begin" }];
      case "$":
        return [{ op: this.#flags.m ? "line-end" : "end" }];
      case "\\":
        return this.#condition() ?? this.#classOrLiteral();
      default:
        this.at = at;
        return super.atom();
    }
  }

  /** One operator; a second one is an error here, where POSIX takes any number. */
  protected override repeated(atom: Piece): Piece {
    const piece = this.once(atom);
    if (piece === undefined) return atom;
    this.take("?");
    if (this.once(piece) !== undefined) throw new PatternError("nested repetition");
    return piece;
  }

  protected override literal(wanted: string): Piece {
    return [{ op: "char", test: this.#folded((char) => char === wanted) }];
  }

  protected override escaped(): string {
    const rest = this.chars.slice(this.at, this.at + 10).join("");
    const hex = /^x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest);
    if (hex !== null) {
      this.at += hex[0].length;
      const code = Number.parseInt(hex[1] ?? hex[2] ?? "", 16);
      if (code > 0x10ffff) throw new PatternError("code point");
      return String.fromCodePoint(code);
    }
    const octal = /^(?:[1-7][0-7]{1,2}|0[0-7]{0,2})/.exec(rest);
    if (octal !== null) {
      this.at += octal[0].length;
      return String.fromCodePoint(Number.parseInt(octal[0], 8));
    }
    const control = CONTROLS[this.peek() ?? ""];
    if (control === undefined) return super.escaped();
    this.at += 1;
    return control;
  }

  protected override classItem(): CharTest {
    if (this.peek() !== "\\") return super.classItem();
    this.at += 1;
    const shorthand = this.#shorthand();
    if (shorthand !== undefined) return shorthand;
    this.at -= 1;
    return super.classItem();
  }

  /** After "(": a plain group, (?:…), (?P<name>…), (?<name>…), (?flags:…), or (?flags) for the rest of the group around. */
  #group(): Piece {
    const before = this.#flags;
    if (this.take("?")) {
      const rest = this.chars.slice(this.at, this.at + 80).join("");
      const named = /^P?<\w+>/.exec(rest);
      const flags = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
      if (named !== null) this.at += named[0].length;
      else if (flags !== null) {
        this.at += flags[0].length;
        this.#flags = withFlags(before, flags[1] ?? "", flags[2] ?? "");
        if (flags[3] === ")") return [];
      } else throw new PatternError("unknown group");
    }
    const inner = this.alternatives();
    if (!this.take(")")) throw new PatternError("missing )");
    this.#flags = before;
    return inner;
  }

  #condition(): Piece | undefined {
    const op = CONDITIONS[this.peek() ?? ""];
    if (op === undefined) return undefined;
    this.at += 1;
    return [{ op }];
  }

  #classOrLiteral(): Piece {
    const shorthand = this.#shorthand();
    return shorthand === undefined ? this.literal(this.escaped()) : [{ op: "char", test: this.#folded(shorthand) }];
  }

  /** \\d and its like, and \\pL, \\p{Greek}; capital letters negate. */
  #shorthand(): CharTest | undefined {
    const letter = this.peek() ?? "";
    const perl = PERL_CLASSES[letter.toLowerCase()];
    if (perl !== undefined) {
      this.at += 1;
      return (char) => perl.test(char) === (letter === letter.toLowerCase());
    }
    const rest = this.chars.slice(this.at, this.at + 40).join("");
    const unicode = /^[pP](?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
    if (unicode === null) return undefined;
    this.at += unicode[0].length;
    const test = unicodeClass(unicode[2] ?? unicode[3] ?? "");
    const wanted = (letter === "p") === (unicode[1] !== "^");
    return (char) => test(char) === wanted;
  }

  #folded(test: CharTest): CharTest {
    if (!this.#flags.i) return test;
    return (char) => test(char) || test(char.toLowerCase()) || test(char.toUpperCase());
  }
}

const CONTROLS: Readonly<Record<string, string>> = { a: "\x07", f: "\f", t: "\t", n: "\n", r: "\r", v: "\v" };
const CONDITIONS: Readonly<Record<string, "begin" | "end" | "word-edge" | "no-word-edge">> = {
  A: "begin",
  z: "end",
  b: "word-edge",
  B: "no-word-edge",
};
/** ASCII, as in RE2. */
const PERL_CLASSES: Readonly<Record<string, RegExp>> = { d: /[0-9]/, s: /[\t\n\f\r ]/, w: /[0-9A-Za-z_]/ };

function unicodeClass(name: string): CharTest {
  if (name === "Any") return () => true;
  try {
    const pattern = new RegExp(name.length <= 2 ? `\\p{gc=${name}}` : `\\p{sc=${name}}`, "u");
    return (char) => pattern.test(char);
  } catch {
    throw new PatternError("unicode class");
  }
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const value = (flag: keyof Flags): boolean => (flags[flag] || on.includes(flag)) && !off.includes(flag);
  return { i: value("i"), m: value("m"), s: value("s") };
}

/** \\Q…\\E: everything in between stands for itself. */
function unquoted(text: string): string {
  return text.replace(/\\Q([\s\S]*?)(?:\\E|$)|\\[\s\S]/gu, (whole, quoted: string | undefined) =>
    quoted === undefined ? whole : quoted.replace(/[!-/:-@[-`{-~]/g, "\\$&"),
  );
}
