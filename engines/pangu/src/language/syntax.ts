import { AbstractParserErrorMessageProvider, type ParseResult } from "langium";
import type { Problem, Span } from "./problem.ts";

type Found = Parameters<AbstractParserErrorMessageProvider["buildMismatchTokenMessage"]>[0];
type NoWay = Parameters<AbstractParserErrorMessageProvider["buildNoViableAltMessage"]>[0];
type Early = Parameters<AbstractParserErrorMessageProvider["buildEarlyExitMessage"]>[0];

/** Langium's own dependency declares it without exporting it through Langium. */
export type TokenType = Found["expected"];

/** The parser hands on which tokens would have fitted; the sentence is made once, in both languages, below. */
export class ExpectedTokens extends AbstractParserErrorMessageProvider {
  override buildMismatchTokenMessage({ expected }: Found): string {
    return expected.name;
  }
  override buildNotAllInputParsedMessage(): string {
    return "rule\n规则";
  }
  override buildNoViableAltMessage({ expectedPathsPerAlt }: NoWay): string {
    return firstTokens(expectedPathsPerAlt.flat());
  }
  override buildEarlyExitMessage({ expectedIterationPaths }: Early): string {
    return firstTokens(expectedIterationPaths);
  }
}

function firstTokens(paths: readonly (readonly TokenType[])[]): string {
  return [...new Set(paths.flatMap((path) => (path[0] === undefined ? [] : [path[0].name])))].join("\n");
}

const TOKENS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  STRING: { zh: "带引号的文字", en: "a quoted text" },
  NUMBER: { zh: "数", en: "a number" },
  ID: { zh: "名称", en: "a name" },
  UNIT_SIGN: { zh: "单位", en: "a unit" },
  RELATION: { zh: "比较符号", en: "a comparison" },
  EQUALS: { zh: "=", en: "=" },
  OPEN: { zh: "（", en: "(" },
  CLOSE: { zh: "）", en: ")" },
  OPEN_BRACE: { zh: "{", en: "{" },
  CLOSE_BRACE: { zh: "}", en: "}" },
  SEPARATOR: { zh: "；", en: ";" },
  DOT: { zh: ".", en: "." },
  MINUS: { zh: "-", en: "-" },
  SLASH: { zh: "/", en: "/" },
  TIMES: { zh: "·", en: "·" },
  EOF: { zh: "规则", en: "rule" },
};

/** Marks the lexer's refusal of deep nesting. */
export const TOO_DEEP = "too deep";
const DEEP = {
  zh: "括号与“非”嵌套过深（最多 64 层）",
  en: "brackets and not are nested too deeply (64 levels at most)",
};

/** Errors shown at most: after the first few the rest are echoes of recovery. */
const MAX_SYNTAX_PROBLEMS = 20;

/** Lexer errors, or else parser errors: a stray character makes parser errors that mean nothing of their own. */
export function syntaxProblems(text: string, result: ParseResult): Problem[] {
  if (result.lexerErrors.length > 0) {
    return result.lexerErrors.slice(0, MAX_SYNTAX_PROBLEMS).map(({ offset, length, message }) => {
      const found = text.slice(offset, offset + length);
      return syntaxProblem(spanOf(text, offset, offset + length), message === TOO_DEEP ? DEEP : badCharacters(found));
    });
  }
  return result.parserErrors.slice(0, MAX_SYNTAX_PROBLEMS).map(({ token, message }) => {
    const atEnd = token.image === "";
    const start = atEnd ? text.trimEnd().length : token.startOffset;
    const end = atEnd ? start : start + token.image.length;
    const expected = message.split("\n").slice(0, 40);
    return syntaxProblem(spanOf(text, start, end), unexpected(atEnd ? undefined : token.image, expected));
  });
}

function syntaxProblem(span: Span, message: Problem["message"]): Problem {
  return { severity: "error", code: "syntax", ...span, message };
}

function badCharacters(found: string): Problem["message"] {
  if (/^["“]/.test(found)) {
    return {
      zh: `引号未闭合：文字须在同一行内以 ${found.startsWith("“") ? "”" : '"'} 结束`,
      en: `the text is not closed: end it on the same line with ${found.startsWith("“") ? "”" : '"'}`,
    };
  }
  return {
    zh: `不认识的字符 ${found}；含字母、数字、下划线以外字符的名称请加引号`,
    en: `unexpected ${found}; names with other characters than letters, digits and _ are written in quotes`,
  };
}

function unexpected(image: string | undefined, expected: readonly string[]): Problem["message"] {
  const isChinese = (name: string) => /\p{Script=Han}/u.test(name);
  const list = (names: readonly string[]) => [...new Set(names)].slice(0, 10).join(", ");
  const zh = list(expected.flatMap((name) => TOKENS[name]?.zh ?? (isChinese(name) ? [name] : [])));
  const en = list(expected.flatMap((name) => TOKENS[name]?.en ?? (isChinese(name) ? [] : [name])));
  const quote = image !== undefined && /^[-－−/／\d]/.test(image);
  return {
    zh: `此处应为 ${zh}，却是 ${image ?? "文件结尾"}${quote ? "；带 - / 或以数字开头的名称请加引号" : ""}`,
    en: `expected ${en} but found ${image ?? "the end of the file"}${quote ? '; quote names with "-", "/" or a leading digit' : ""}`,
  };
}

function spanOf(text: string, start: number, end: number): Span {
  const before = text.slice(0, start).split("\n");
  const inside = text.slice(start, end).split("\n");
  const line = before.length;
  const column = (before.at(-1) ?? "").length + 1;
  const last = inside.at(-1) ?? "";
  return {
    line,
    column,
    endLine: line + inside.length - 1,
    endColumn: inside.length === 1 ? column + last.length : last.length + 1,
  };
}
