import { en } from "./en.ts";
import { zh } from "./zh.ts";

export type Language = "zh" | "en";
export type TextKey = keyof typeof zh;
export type Texts = Readonly<Record<TextKey, string>>;

export const DICTIONARIES: Readonly<Record<Language, Texts>> = { zh, en };

/** Fills "{name}" from `values`; an unknown name stays as it is, so that it is seen. */
export function translate(language: Language, key: TextKey, values: Readonly<Record<string, string | number>> = {}) {
  return DICTIONARIES[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** What the person chose before, else the first language of the browser that we have; English otherwise. */
export function chooseLanguage(remembered: string | null, preferred: readonly string[]): Language {
  if (remembered === "zh" || remembered === "en") return remembered;
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return "zh";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}
