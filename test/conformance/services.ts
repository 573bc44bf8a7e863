import { readFileSync } from "node:fs";
import {
  commandOperations,
  commonOperations,
  dataOperations,
  deviceOperations,
  keeperOperations,
  metadataOperations,
  openApi,
  type Table,
} from "@jx/contracts";
import { parse } from "yaml";
import { compareShapes } from "./compare.ts";
import { type Shape, shapesOf } from "./openapi.ts";

const TABLES: Readonly<Record<string, Table>> = {
  "core-keeper": keeperOperations,
  "core-metadata": metadataOperations,
  "core-data": dataOperations,
  "core-command": commandOperations,
  "device-sdk": deviceOperations,
};
const PREFIX = "/api/v3";
/** Where the list of differences is published. */
export const REPORT = new URL("../../docs/openapi-differences.md", import.meta.url);

export interface Difference {
  /** EdgeX's file: "core-data". */
  readonly service: string;
  /** "GET /event/all". */
  readonly operation: string;
  readonly what: string;
}

export interface Comparison {
  readonly service: string;
  /** Operations that both have. */
  readonly compared: readonly string[];
  /** EdgeX's operations that are not there yet. */
  readonly absent: readonly string[];
  readonly differences: readonly Difference[];
}

/** Holds every service's own OpenAPI text against EdgeX's file of it. */
export function compareAll(): Comparison[] {
  return Object.entries(TABLES).map(([service, table]) => {
    const theirs = shapesOf(readYaml(service), PREFIX);
    const document = openApi(service, { ...commonOperations, ...table }, PREFIX);
    const ours = shapesOf(JSON.parse(JSON.stringify(document)) as Record<string, unknown>, PREFIX);
    return compareService(service, theirs, ours);
  });
}

function compareService(service: string, theirs: Map<string, Shape>, ours: Map<string, Shape>): Comparison {
  const differences: Difference[] = [];
  const compared: string[] = [];
  for (const [operation, shape] of ours) {
    const theirShape = theirs.get(operation);
    if (theirShape === undefined) differences.push({ service, operation, what: "the operation is ours alone" });
    else {
      compared.push(operation);
      for (const what of compareShapes(theirShape, shape)) differences.push({ service, operation, what });
    }
  }
  const absent = [...theirs.keys()].filter((operation) => !ours.has(operation)).sort();
  return { service, compared: compared.sort(), absent, differences };
}

function readYaml(service: string): Record<string, unknown> {
  const text = readFileSync(new URL(`./edgex/${service}.yaml`, import.meta.url), "utf8");
  // A list of EdgeX's core-data.yaml ends in the column of its key, which other parsers than this one let pass.
  return parse(text.replace(/^ *\]$/gm, "  $&")) as Record<string, unknown>;
}
