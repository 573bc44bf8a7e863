import { AppError, messageOf } from "@jx/kit";
import { isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { type FileMisfit, type Problem, pathText, problemsOf } from "../dto-rules.ts";
import type { TSchema } from "../schema.ts";

export interface FileOptions {
  /** For messages: "profiles/pump.yaml". */
  readonly file: string;
  /** Larger files are refused; characters, 1 Mi by default. */
  readonly maxLength?: number;
}

type Path = readonly (string | number)[];

const MAX_LENGTH = 1 << 20;
/** A file of a few hundred bytes can name a billion values through aliases of aliases. */
const MAX_ALIASES = 100;
/** More problems than a person mends in one go are not listed. */
const MAX_SHOWN = 20;

/** A YAML or JSON text (YAML 1.2 contains JSON) that still knows where each value stands. */
export class SourceFile {
  readonly value: unknown;
  readonly #options: FileOptions;
  readonly #document: ReturnType<typeof parseDocument>;
  readonly #lines: LineCounter;

  /** @throws AppError ContractInvalid: too large, no YAML, too deep, too many aliases. */
  constructor(text: string, options: FileOptions) {
    this.#options = options;
    this.#lines = new LineCounter();
    const limit = options.maxLength ?? MAX_LENGTH;
    if (text.length > limit) {
      throw new AppError(
        "ContractInvalid",
        `${options.file}: ${text.length} characters are too many, ${limit} are read`,
      );
    }
    try {
      this.#document = parseDocument(text, { lineCounter: this.#lines, merge: true, prettyErrors: false });
      const [error] = this.#document.errors;
      if (error !== undefined) throw this.#failure(error.pos[0], tooDeep(error.message) ?? error.message);
      this.value = this.#document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (error) {
      if (error instanceof AppError) throw error;
      const why = messageOf(error);
      throw new AppError("ContractInvalid", `${options.file}: ${tooDeep(why) ?? why}`, {
        code: "invalid-file",
        cause: error,
      });
    }
  }

  /**
   * The value at `at`, made to fit the schema as Go's YAML decoder does: where text is wanted, a number or a boolean is
   * taken as it is written (`defaultValue: 0` is "0"); null is absent.
   * @throws AppError ContractInvalid naming every misfit with line and column.
   */
  read(schema: TSchema, at: Path, value: unknown): unknown {
    const fitted = this.#fit(schema as Node, value, at) ?? {};
    const problems = problemsOf(schema, fitted);
    if (problems.length > 0)
      throw this.#misfits(problems.map((problem) => ({ ...problem, at: [...at, ...problem.at] })));
    return fitted;
  }

  /** An error at the place of a value. */
  error(at: Path, message: string): AppError {
    return this.#failure(this.#offset(at), message);
  }

  #misfits(problems: readonly Problem[]): AppError {
    const { file } = this.#options;
    const misfits = problems.slice(0, MAX_SHOWN).map((problem) => this.#misfit(problem));
    const lines = misfits.map(({ line, column, path, want, found }) => {
      const shown = found === undefined ? "" : `, not ${found}`;
      return `${file}:${line}:${column}: ${path} ${want}${shown}`;
    });
    const [first] = misfits;
    const more = problems.length - misfits.length;
    const message = more > 0 ? [...lines, `… and ${more} more`].join("\n") : lines.join("\n");
    const details = { file, line: first?.line, column: first?.column, misfits, more };
    return new AppError("ContractInvalid", message, { code: "invalid-file", details });
  }

  #misfit({ at, rule, param, want }: Problem): FileMisfit {
    const there = rule === "required" ? undefined : this.#document.getIn(at, true);
    const found = isScalar(there) ? short(JSON.stringify(there.value) ?? "") : undefined;
    const { line, col } = this.#lines.linePos(this.#offset(at));
    return { line, column: col, path: pathText(at), rule, param, want, found };
  }

  #failure(offset: number, message: string): AppError {
    const { file } = this.#options;
    const { line, col } = this.#lines.linePos(offset);
    return new AppError("ContractInvalid", `${file}:${line}:${col}: ${message}`, {
      code: "invalid-file",
      details: { file, line, column: col },
    });
  }

  /** Where the value stands; of one that is missing, where its owner does. */
  #offset(at: Path): number {
    for (let length = at.length; length > 0; length -= 1) {
      const node = this.#document.getIn(at.slice(0, length), true);
      if (isNode(node) && node.range != null) return node.range[0];
    }
    return this.#document.contents?.range?.[0] ?? 0;
  }

  #fit(node: Node, value: unknown, at: Path): unknown {
    if (value === null) return node.type === undefined ? null : undefined;
    if (node.type === "string" && (typeof value === "number" || typeof value === "boolean")) {
      const written = this.#document.getIn(at, true);
      return isScalar(written) && written.source !== undefined ? written.source : String(value);
    }
    if (node.items !== undefined && Array.isArray(value)) {
      const { items } = node;
      return value.map((item, i) => this.#fit(items, item, [...at, i]));
    }
    const each = Object.values(node.patternProperties ?? {})[0];
    if ((node.properties === undefined && each === undefined) || typeof value !== "object" || Array.isArray(value)) {
      return value;
    }
    const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
      const schema = node.properties?.[key] ?? each;
      return [key, schema === undefined ? inner : this.#fit(schema, inner, [...at, key])];
    });
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
  }
}

/** A file may hold a megabyte where a word is wanted. */
function short(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

interface Node {
  readonly type?: string;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
}

/** The parser walks recursively; at the end of the stack V8's message comes through, which helps nobody. */
function tooDeep(message: string): string | undefined {
  return message.includes("call stack") ? "the file nests too deeply" : undefined;
}
