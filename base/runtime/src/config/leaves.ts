import type { TObject, TSchema } from "typebox";

/** One leaf of a configuration schema. A part "*" of an open leaf's key stands for any name: "Writable/Telemetry/Tags/*". */
export interface Leaf {
  readonly key: string;
  readonly schema: LeafSchema;
}

export interface LeafSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  /** "duration": a text that must be a Go duration; "duration-days": one that may have days. */
  readonly "x-go"?: string;
}

interface Node {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
}

const ANY = "*";

/** The leaves of schemas laid over each other; the last wins where several have a key. Maps (Type.Record) give open leaves. */
export function leavesOf(...schemas: readonly TObject[]): readonly Leaf[] {
  const leaves = new Map<string, LeafSchema>();
  const walk = (schema: TSchema, path: string): void => {
    const { properties, patternProperties } = schema as Node;
    const [anyName] = Object.values(patternProperties ?? {});
    if (properties === undefined && anyName === undefined) leaves.set(path, schema as LeafSchema);
    for (const [name, inner] of Object.entries(properties ?? {})) walk(inner, below(path, name));
    if (anyName !== undefined) walk(anyName, below(path, ANY));
  };
  for (const schema of schemas) walk(schema, "");
  return [...leaves].map(([key, schema]) => ({ key, schema }));
}

function below(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** Whoever may write to keeper could add names without end; a service has a handful. */
const MAX_OPEN = 1_000;

/** The fixed leaves, and of the open ones those that `names` has. */
export function concrete(leaves: readonly Leaf[], names: Iterable<string>): readonly Leaf[] {
  const fixed = leaves.filter(({ key }) => !isOpen(key));
  const open = leaves.filter(({ key }) => isOpen(key)).map((leaf) => ({ leaf, parts: leaf.key.split("/") }));
  const known = new Set(fixed.map(({ key }) => key));
  const out = [...fixed];
  for (const name of names) {
    if (known.has(name) || out.length - fixed.length >= MAX_OPEN) continue;
    const given = name.split("/");
    const found = open.find(({ parts }) => matches(parts, given));
    if (found === undefined) continue;
    known.add(name);
    out.push({ key: name, schema: found.leaf.schema });
  }
  return out;
}

/** The folders of open leaves, which are there even when nobody named anything in them: "Writable/Telemetry/Tags". */
export function openFolders(leaves: readonly Leaf[]): readonly string[] {
  return [...new Set(leaves.filter(({ key }) => isOpen(key)).map(({ key }) => key.slice(0, key.indexOf(`/${ANY}`))))];
}

function isOpen(key: string): boolean {
  return key.split("/").includes(ANY);
}

function matches(parts: readonly string[], given: readonly string[]): boolean {
  return (
    parts.length === given.length && parts.every((part, i) => (part === ANY ? given[i] !== "" : part === given[i]))
  );
}
