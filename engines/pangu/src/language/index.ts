import type { Catalog } from "../catalog.ts";
import { type ActionIr, type RuleIr, sealRule } from "../ir.ts";
import { compileAction } from "./action.ts";
import { compileCondition } from "./condition.ts";
import type { Rule } from "./generated/ast.ts";
import { parse } from "./parser.ts";
import type { Problem } from "./problem.ts";
import { RuleScope } from "./scope.ts";
import { syntaxProblems } from "./syntax.ts";
import { PRIORITIES } from "./words.ts";

export type { Problem, ProblemCode, Span } from "./problem.ts";

export interface CheckResult {
  /** The rules without errors, in the order of the file; empty when the file cannot be parsed. */
  readonly rules: readonly RuleIr[];
  /** By position. */
  readonly problems: readonly Problem[];
}

/** A rule file is bounded, so that a mistaken upload cannot hold the worker. In UTF-16 units. */
export const MAX_TEXT = 256 * 1024;

const TOO_LARGE: Problem = {
  severity: "error",
  code: "too-large",
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  message: {
    zh: `文件超过 ${MAX_TEXT} 字符；请分成几个文件`,
    en: `the file is longer than ${MAX_TEXT} characters; split it`,
  },
};

/** Parses and checks a rule file against what the devices offer. Never throws; everything wrong is a problem. */
export function check(text: string, catalog: Catalog): CheckResult {
  if (text.length > MAX_TEXT) return { rules: [], problems: [TOO_LARGE] };
  const parsed = parse(text);
  if (parsed.lexerErrors.length + parsed.parserErrors.length > 0)
    return { rules: [], problems: syntaxProblems(text, parsed) };
  return compileRules(parsed.value.rules, catalog);
}

function compileRules(nodes: readonly Rule[], catalog: Catalog): CheckResult {
  const rules: RuleIr[] = [];
  const problems: Problem[] = [];
  const lines = new Map<string, number>();
  for (const node of nodes) {
    const scope = new RuleScope(catalog);
    checkName(scope, node, lines);
    const rule = compileRule(scope, node);
    if (rule !== undefined && !scope.failed) rules.push(rule);
    problems.push(...scope.problems);
  }
  return { rules, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function lineOf(node: Rule): number {
  return (node.$cstNode?.range.start.line ?? 0) + 1;
}

function checkName(scope: RuleScope, node: Rule, lines: Map<string, number>): void {
  if (node.name.trim() === "") scope.error("empty-name", node, "规则名不能为空", "a rule has a name", "name");
  const first = lines.get(node.name);
  if (first === undefined) lines.set(node.name, lineOf(node));
  else
    scope.error(
      "duplicate-rule",
      node,
      `规则名“${node.name}”已在第 ${first} 行使用`,
      `the rule name "${node.name}" is taken by line ${first}`,
      "name",
    );
}

function compileRule(scope: RuleScope, node: Rule): RuleIr | undefined {
  const priority = node.priority === undefined ? "normal" : PRIORITIES.get(node.priority);
  if (priority === undefined) {
    scope.error("unknown-word", node, "优先级应为 高、中 或 低", "the priority is high, normal or low", "priority");
  }
  const condition = compileCondition(scope, node.condition);
  const actions: ActionIr[] = [];
  for (const action of node.actions) {
    const compiled = compileAction(scope, action);
    if (compiled !== undefined) actions.push(compiled);
  }
  if (priority === undefined || condition === undefined || actions.length < node.actions.length) return undefined;
  return sealRule({ name: node.name, priority, operands: scope.operands, condition, actions, line: lineOf(node) });
}
