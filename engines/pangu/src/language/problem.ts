import type { Bilingual } from "../ir.ts";

export type ProblemCode =
  | "syntax"
  | "too-large"
  | "duplicate-rule"
  | "empty-name"
  | "unknown-word"
  | "unknown-device"
  | "unknown-resource"
  | "unsupported-type"
  | "type-mismatch"
  | "unit-mismatch"
  | "unit-missing"
  | "unit-unexpected"
  | "always-true"
  | "always-false"
  | "read-only"
  | "out-of-range"
  | "bad-duration"
  | "bad-hysteresis"
  | "bad-placeholder";

/** Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Problem extends Span {
  /** An error keeps the rule from being compiled; a warning does not. */
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly message: Bilingual;
}
