import type { Bilingual } from "@jx/contracts";

export interface Finding {
  /** Stable, for programs: "port core-data". */
  readonly check: string;
  readonly state: "ok" | "warn" | "bad";
  readonly text: Bilingual;
  /** What helps. */
  readonly help?: Bilingual;
}

export function ok(check: string, zh: string, en: string): Finding {
  return { check, state: "ok", text: { zh, en } };
}

export function warn(check: string, zh: string, en: string, help: Bilingual): Finding {
  return { check, state: "warn", text: { zh, en }, help };
}

export function bad(check: string, zh: string, en: string, help: Bilingual): Finding {
  return { check, state: "bad", text: { zh, en }, help };
}
