/** docs/openapi-differences.md, written from what the comparison finds and what differences.ts says about it. */
import { type Known, known } from "./differences.ts";
import type { Comparison, Difference } from "./services.ts";

export function matches(entry: Known, { service, operation, what }: Difference): boolean {
  const operations = entry.where[service];
  return entry.what.includes(what) && (operations === "*" || operations?.includes(operation) === true);
}

/** Differences without an entry. */
export function unlisted(comparisons: readonly Comparison[]): Difference[] {
  const all = comparisons.flatMap(({ differences }) => differences);
  return all.filter((difference) => !known.some((entry) => matches(entry, difference)));
}

/** Parts of entries that match nothing any more, as text. */
export function outdated(comparisons: readonly Comparison[]): string[] {
  const all = comparisons.flatMap(({ differences }) => differences);
  return known.flatMap((entry) => {
    const own = all.filter((difference) => matches(entry, difference));
    const texts = entry.what.filter((what) => !own.some((each) => each.what === what));
    const places = Object.entries(entry.where).flatMap(([service, operations]) =>
      (operations === "*" ? [undefined] : operations)
        .filter((each) => !own.some((d) => d.service === service && (each === undefined || d.operation === each)))
        .map((each) => `${service} ${each ?? "*"}`),
    );
    return [...texts, ...places].map((text) => `${text}: no such difference (${entry.reason})`);
  });
}

export function reportText(comparisons: readonly Comparison[]): string {
  const lines = [
    "# Differences from EdgeX's OpenAPI files",
    "",
    "Our OpenAPI text (`GET /api/v3/openapi.json` of each service) against EdgeX 4.x's files, operation by operation: path,",
    "method, parameters, required fields of the request, statuses, fields of the answer. Written by",
    "`node test/conformance/write-report.ts` from test/conformance/differences.ts; the test fails when it is out of date.",
    "How services behave beyond the files: [differences-from-edgex.md](differences-from-edgex.md).",
  ];
  for (const { service, compared, absent, differences } of comparisons) {
    lines.push(
      "",
      `## ${service}`,
      "",
      `${compared.length} operations compared.`,
      "",
      "| what | where | why |",
      "| --- | --- | --- |",
    );
    for (const entry of known) {
      const own = differences.filter((difference) => matches(entry, difference));
      if (own.length === 0) continue;
      const what = [...new Set(own.map((each) => each.what))];
      const where = [...new Set(own.map((each) => each.operation))].sort();
      lines.push(`| ${what.join("<br>")} | ${where.map((each) => `\`${each}\``).join("<br>")} | ${entry.reason} |`);
    }
    if (absent.length > 0) lines.push("", `Not there yet: ${absent.map((each) => `\`${each}\``).join(", ")}.`);
  }
  return `${lines.join("\n")}\n`;
}
