import type { Rule } from "./state.ts";

export interface Threshold {
  readonly value: number;
  readonly rule: string;
}

const NAME = String.raw`(?:"([^"\n]*)"|“([^”\n]*)”|([\p{L}_][\p{L}\p{N}_]*))`;
const COMPARISON = new RegExp(
  String.raw`${NAME}\s*[.．。]\s*${NAME}\s*(?:<=|>=|≤|≥|<|>|＜＝?|＞＝?)\s*([-－−]?\s*\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*([^\s"“、，,;；且或)）]*)`,
  "gu",
);

/**
 * Constants that rules compare this resource with, to be drawn as lines. Read from the rule's text; a constant in
 * another unit than the resource's is left out, because the page converts nothing.
 */
export function thresholdsOf(rules: readonly Rule[], device: string, resource: string, units: string): Threshold[] {
  const out: Threshold[] = [];
  for (const { name, text } of rules) {
    for (const [, d1, d2, d3, r1, r2, r3, number = "", unit = ""] of text.matchAll(COMPARISON)) {
      if ((d1 ?? d2 ?? d3) !== device || (r1 ?? r2 ?? r3) !== resource || !sameUnit(unit, units)) continue;
      const value = Number(number.replace(/[－−]/, "-").replace(/\s/g, ""));
      if (Number.isFinite(value) && !out.some((known) => known.value === value)) out.push({ value, rule: name });
    }
  }
  return out;
}

const CELSIUS = new Set(["°C", "℃", "º C", "ºC", "degC", "Cel", "摄氏度"]);

function sameUnit(written: string, units: string): boolean {
  return written === "" || written === units || (CELSIUS.has(written) && CELSIUS.has(units));
}
