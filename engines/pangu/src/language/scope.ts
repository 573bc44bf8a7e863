import type { AstNode, CstNode } from "langium";
import { GrammarUtils } from "langium";
import type { Catalog, ResourceType } from "../catalog.ts";
import type { OperandIr, ValueKind } from "../ir.ts";
import type { Operand } from "./generated/ast.ts";
import { nearest } from "./nearest.ts";
import type { Problem, ProblemCode } from "./problem.ts";

export interface Target {
  readonly type: ResourceType;
  readonly kind: ValueKind;
}

/** What one rule has named so far, and what was wrong with it. */
export class RuleScope {
  readonly operands: OperandIr[] = [];
  readonly problems: Problem[] = [];
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  get failed(): boolean {
    return this.problems.some(({ severity }) => severity === "error");
  }

  error(code: ProblemCode, node: AstNode, zh: string, en: string, property?: string): void {
    this.problems.push({ severity: "error", code, ...spanOf(node, property), message: { zh, en } });
  }

  warn(code: ProblemCode, node: AstNode, zh: string, en: string, property?: string): void {
    this.problems.push({ severity: "warning", code, ...spanOf(node, property), message: { zh, en } });
  }

  /** The resource's type, or undefined after a problem was reported. */
  find(device: string, resource: string, node: AstNode): Target | undefined {
    const property = (name: string) => (node.$type === "Operand" ? name : undefined);
    const resources = this.#catalog.get(device);
    if (resources === undefined) {
      const hint = suggest(device, this.#catalog.keys());
      this.error(
        "unknown-device",
        node,
        `没有设备“${device}”${hint.zh}`,
        `there is no device "${device}"${hint.en}`,
        property("device"),
      );
      return undefined;
    }
    const type = resources.get(resource);
    if (type === undefined) {
      const hint = suggest(resource, resources.keys());
      this.error(
        "unknown-resource",
        node,
        `设备“${device}”没有资源“${resource}”${hint.zh}`,
        `device "${device}" has no resource "${resource}"${hint.en}`,
        property("resource"),
      );
      return undefined;
    }
    const kind = kindOf(type.valueType);
    if (kind === undefined) {
      const zh = `“${device}”.“${resource}” 的类型为 ${type.valueType}；规则只处理数、布尔和文字`;
      const en = `"${device}"."${resource}" is a ${type.valueType}; rules work with numbers, booleans and texts`;
      this.error("unsupported-type", node, zh, en);
      return undefined;
    }
    return { type, kind };
  }

  /** Index in the operands table; the same resource has one row however often it is named. */
  operand(device: string, resource: string, { type, kind }: Target): number {
    const known = this.operands.findIndex((operand) => operand.device === device && operand.resource === resource);
    if (known >= 0) return known;
    return this.operands.push({ device, resource, kind, valueType: type.valueType, unit: type.unit.trim() }) - 1;
  }
}

export function findOperand(
  scope: RuleScope,
  node: Operand,
): { readonly index: number; readonly target: Target } | undefined {
  const target = scope.find(node.device, node.resource, node);
  return target && { index: scope.operand(node.device, node.resource, target), target };
}

export function nameOf(node: Operand): string {
  return `${node.device} ${node.resource}`;
}

const KINDS: ReadonlyMap<string, ValueKind> = new Map<string, ValueKind>([
  ["Bool", "boolean"],
  ["String", "string"],
  ...["Uint8", "Uint16", "Uint32", "Uint64", "Int8", "Int16", "Int32", "Int64", "Float32", "Float64"].map(
    (type) => [type, "number"] as const,
  ),
]);

function kindOf(valueType: string): ValueKind | undefined {
  return KINDS.get(valueType);
}

function suggest(name: string, candidates: Iterable<string>): { readonly zh: string; readonly en: string } {
  const found = nearest(name, candidates);
  return found === undefined ? { zh: "", en: "" } : { zh: `；是否为“${found}”？`, en: `; did you mean "${found}"?` };
}

function spanOf(node: AstNode, property: string | undefined) {
  const own = node.$cstNode;
  const cst: CstNode | undefined = (property && GrammarUtils.findNodeForProperty(own, property)) || own;
  const { start, end } = cst?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  return { line: start.line + 1, column: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}
