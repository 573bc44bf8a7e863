import type { RuleProblem } from "@jx/contracts";
import type { Catalog, RuleIr } from "@jx/pangu";
import type { Compiler } from "./compile/compiler.ts";
import type { RuleFile } from "./rule-files.ts";
import type { LoadedRule } from "./view.ts";

export interface RuleSet {
  readonly rules: readonly LoadedRule[];
  /** Everything wrong with any file, so that nothing is passed over in silence. */
  readonly problems: readonly (RuleProblem & { readonly file: string })[];
}

/** Compiles all files. A rule whose name another file has taken is left out and told. */
export async function compileFiles(files: readonly RuleFile[], catalog: Catalog, compiler: Compiler): Promise<RuleSet> {
  const rules: LoadedRule[] = [];
  const problems: (RuleProblem & { file: string })[] = [];
  const takenBy = new Map<string, string>();
  for (const { file, text } of files) {
    const result = await compiler.check(text, catalog);
    for (const problem of result.problems) problems.push({ file, ...problem });
    for (const ir of result.rules) {
      const other = takenBy.get(ir.name);
      if (other === undefined) {
        takenBy.set(ir.name, file);
        const span = textOf(text, ir, result.rules);
        const own = result.problems.filter(({ line }) => line >= ir.line && line < span.end);
        rules.push({ ir, file, text: span.text, problems: own.map((problem) => ({ ...problem })) });
      } else problems.push({ file, ...takenProblem(ir, other) });
    }
  }
  return { rules, problems };
}

/** From the rule's line to the next rule's. */
function textOf(text: string, ir: RuleIr, all: readonly RuleIr[]): { text: string; end: number } {
  const next = all.map(({ line }) => line).filter((line) => line > ir.line);
  const end = next.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...next);
  const lines = text.split("\n").slice(ir.line - 1, end - 1);
  return { text: lines.join("\n").trimEnd(), end };
}

function takenProblem(ir: RuleIr, other: string): RuleProblem {
  return {
    severity: "error",
    code: "duplicate-rule",
    line: ir.line,
    column: 1,
    endLine: ir.line,
    endColumn: 1,
    message: {
      zh: `规则名“${ir.name}”已在文件 ${other} 中使用`,
      en: `the rule name "${ir.name}" is taken by the file ${other}`,
    },
  };
}
