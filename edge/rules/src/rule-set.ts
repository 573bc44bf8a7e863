import type { Bilingual, FileProblem } from "@jx/contracts";
import type { Catalog, RuleIr } from "@jx/pangu";
import type { CheckResult } from "@jx/pangu/language";
import type { Compiler } from "./compile/compiler.ts";
import type { RuleFile } from "./rule-files.ts";
import type { LoadedRule } from "./view.ts";

export interface RuleSet {
  readonly rules: readonly LoadedRule[];
  /** Everything wrong with any file, so that nothing is passed over in silence. */
  readonly problems: readonly FileProblem[];
  /** File → the last text without an error, for when somebody saves one with errors. */
  readonly good: ReadonlyMap<string, string>;
}

/**
 * Compiles all files. A file that somebody saved with errors keeps its former rules in force until it is mended; when
 * the devices changed and not the file, the rules that no longer fit them are out of force, the others stay. A rule
 * whose name another file has taken is left out. All of it is told.
 */
export async function compileFiles(
  files: readonly RuleFile[],
  catalog: Catalog,
  compiler: Compiler,
  formerGood: ReadonlyMap<string, string>,
): Promise<RuleSet> {
  const rules: LoadedRule[] = [];
  const problems: FileProblem[] = [];
  const good = new Map<string, string>();
  const takenBy = new Map<string, string>();
  for (const { file, text, problem } of files) {
    const written = problem === undefined ? await compiler.check(text, catalog) : unreadable(problem);
    for (const each of written.problems) problems.push({ file, ...each });
    const former = formerGood.get(file);
    const keepsFormer = hasError(written) && former !== undefined && former !== text;
    const inForce = keepsFormer ? await compiler.check(former, catalog) : written;
    const source = keepsFormer ? former : text;
    if (!hasError(written)) good.set(file, text);
    else if (former !== undefined) good.set(file, former);
    for (const ir of inForce.rules) {
      const other = takenBy.get(ir.name);
      if (other === undefined) {
        takenBy.set(ir.name, file);
        rules.push(loaded(ir, file, source, inForce));
      } else problems.push(takenProblem(ir, file, other));
    }
  }
  return { rules, problems, good };
}

function hasError({ problems }: CheckResult): boolean {
  return problems.some(({ severity }) => severity === "error");
}

/** The rule with its text: from its line to the next rule's. */
function loaded(ir: RuleIr, file: string, source: string, { rules, problems }: CheckResult): LoadedRule {
  const next = rules.map(({ line }) => line).filter((line) => line > ir.line);
  const end = next.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...next);
  const lines = source.split("\n").slice(ir.line - 1, end - 1);
  const own = problems.filter(({ line }) => line >= ir.line && line < end).map((problem) => ({ ...problem }));
  return { ir, file, text: lines.join("\n").trimEnd(), problems: own };
}

function unreadable(message: Bilingual): CheckResult {
  const problem = { severity: "error", code: "unreadable", ...at(1), message } as const;
  return { rules: [], problems: [problem as unknown as CheckResult["problems"][number]] };
}

/** The name is taken by another file; `file` tells where it was found again. */
export function takenProblem({ name, line }: RuleIr, file: string, other: string): FileProblem {
  const zh = `规则名“${name}”已在文件 ${other} 中使用`;
  const en = `the rule name "${name}" is taken by the file ${other}`;
  return { file, severity: "error", code: "duplicate-rule", ...at(line), message: { zh, en } };
}

function at(line: number) {
  return { line, column: 1, endLine: line, endColumn: 1 };
}
