import type { Bilingual } from "@jx/contracts";
import type { Edge } from "./edge-client.ts";
import type { Paint } from "./output/paint.ts";
import type { Environment, Language } from "./place.ts";
import { problem } from "./problem.ts";

/** One row of the command table: everything that help, parsing and the reference in docs/ need. */
export interface Command {
  /** As it is typed: "device import". */
  readonly name: string;
  readonly summary: Bilingual;
  /** What follows the name: "DEVICE RESOURCE", "FILE…". */
  readonly operands?: string;
  /** How many operands there must be, and may be; none when absent. */
  readonly count?: readonly [min: number, max: number];
  readonly options?: Readonly<Record<string, Option>>;
  /** Returns the exit code; nothing is 0. */
  run(input: Input, context: Context): Promise<number | undefined>;
}

export interface Option {
  /** What it takes: "DIR", "N"; a switch when absent. */
  readonly value?: string;
  readonly short?: string;
  readonly multiple?: boolean;
  readonly summary: Bilingual;
}

/** What was typed, parsed by the command's own options. */
export interface Input {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
}

export interface Context {
  readonly language: Language;
  /** The text in the user's language. */
  say(zh: string, en: string): string;
  /** Answers are for a program: one JSON value on stdout, or one a line for what goes on. */
  readonly json: boolean;
  readonly paint: Paint;
  readonly environment: Environment;
  readonly dataDir: string;
  /** Writes a line (or lines) to stdout. */
  print(text: string): void;
  /** Writes the value as JSON to stdout. */
  printJson(value: unknown): void;
  /** Writes a line to stderr. */
  note(text: string): void;
  /** The running edge. @throws AppError no-edge */
  edge(): Promise<Edge>;
  /** Asks on the terminal. @throws AppError usage when nobody can answer */
  confirm(question: string): Promise<boolean>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The one operand of commands that take one. */
export function operand(input: Input, index = 0): string {
  return input.operands[index] ?? "";
}

/** @throws AppError usage */
export function wholeNumber(input: Input, name: string, otherwise: number): number {
  const text = input.text(name);
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw problem(
    "usage",
    `--${name} 是 "${text}"；应为非负整数。`,
    `--${name} is "${text}"; it should be a whole number.`,
  );
}
