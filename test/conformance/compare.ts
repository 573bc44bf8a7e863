import type { Shape } from "./openapi.ts";

/** One difference, as a stable text: "query maxLevels (integer) is not there". */
export function compareShapes(theirs: Shape, ours: Shape): string[] {
  return [
    ...comparePath(theirs.path, ours.path),
    ...compareQuery(theirs.query, ours.query),
    ...compareSets("request field", "required", theirs.required, ours.required),
    ...compareSets("success status", "there", theirs.success, ours.success),
    ...compareSets("answer field", "there", theirs.answer, ours.answer),
    ...compareSets("error status", "there", theirs.errors, ours.errors),
  ];
}

function comparePath(theirs: readonly string[], ours: readonly string[]): string[] {
  return theirs.flatMap((name, i) => (name === ours[i] ? [] : [`path parameter ${name} is called ${ours[i]}`]));
}

function compareQuery(theirs: ReadonlyMap<string, string>, ours: ReadonlyMap<string, string>): string[] {
  const out: string[] = [];
  for (const [name, type] of theirs) {
    const own = ours.get(name);
    if (own === undefined) out.push(`query ${name} is not there`);
    else if (own !== type) out.push(`query ${name} is ${own}, not ${type}`);
  }
  for (const name of ours.keys()) if (!theirs.has(name)) out.push(`query ${name} is there only here`);
  return out;
}

function compareSets(what: string, state: string, theirs: ReadonlySet<string>, ours: ReadonlySet<string>): string[] {
  return [
    ...[...theirs].filter((each) => !ours.has(each)).map((each) => `${what} ${each} is not ${state}`),
    ...[...ours].filter((each) => !theirs.has(each)).map((each) => `${what} ${each} is ${state} only here`),
  ].sort();
}
