import type { Bilingual } from "@jx/contracts";
import { whose } from "@jx/contracts/system-words";
import type { Language } from "../i18n/text.ts";

export interface CountRow {
  readonly key: string;
  /** What is counted. */
  readonly kind: string;
  /** Whose it is, with the process where that is another one; "" where there is but one. */
  readonly name: string;
  readonly count: number;
}

interface Count<K extends string> {
  readonly kind: K;
  readonly name: string;
  readonly count: number;
  readonly elsewhere?: string | undefined;
}

/** What counts first, in the order of the kinds otherwise. */
export function countRows<K extends string>(
  counts: readonly Count<K>[],
  words: Readonly<Record<K, Bilingual>>,
  language: Language,
): CountRow[] {
  return counts
    .map((each) => {
      const { kind, count } = each;
      const name = whose(each);
      return { key: `${kind} ${name}`, kind: words[kind][language], name, count };
    })
    .sort((a, b) => Number(b.count > 0) - Number(a.count > 0));
}
