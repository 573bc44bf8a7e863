import type { Level, Priority, Relation } from "../ir.ts";

const RELATIONS: ReadonlyMap<string, Relation> = new Map<string, Relation>([
  ...(["=", "==", "is", "为"] as const).map((word) => [word, "="] as const),
  ...(["!=", "≠"] as const).map((word) => [word, "!="] as const),
  ["<", "<"],
  ...(["<=", "≤"] as const).map((word) => [word, "<="] as const),
  [">", ">"],
  ...([">=", "≥"] as const).map((word) => [word, ">="] as const),
]);

/** The relation of a token the grammar let through, full width or not. */
export function relationOf(word: string): Relation {
  const relation = RELATIONS.get(word.normalize("NFKC"));
  if (relation === undefined) throw new RangeError(`the grammar has a relation "${word}" that words.ts lacks`);
  return relation;
}

export const PRIORITIES: ReadonlyMap<string, Priority> = new Map<string, Priority>([
  ["high", "high"],
  ["高", "high"],
  ["normal", "normal"],
  ["中", "normal"],
  ["low", "low"],
  ["低", "low"],
]);

export const LEVELS: ReadonlyMap<string, Level> = new Map<string, Level>([
  ["critical", "critical"],
  ["严重", "critical"],
  ["normal", "normal"],
  ["一般", "normal"],
  ["minor", "minor"],
  ["轻微", "minor"],
]);

export const KIND_NAMES = {
  number: { zh: "数", en: "a number" },
  boolean: { zh: "布尔值", en: "a boolean" },
  string: { zh: "文字", en: "a text" },
} as const;
