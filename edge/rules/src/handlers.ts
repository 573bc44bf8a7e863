import { type Handlers, type RulesOperations, type RuleView, rowsAtMost } from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { CheckResult } from "@jx/pangu/language";
import type { RuleFiles } from "./rule-files.ts";
import type { RuleHost } from "./rule-host.ts";
import type { RuleLoader } from "./rule-loader.ts";
import { takenProblem } from "./rule-set.ts";
import type { FiringLog } from "./store/firing-log.ts";
import { type LoadedRule, ruleView } from "./view.ts";

export interface RuleHandlerDeps {
  readonly files: RuleFiles;
  readonly firings: FiringLog;
  readonly loader: RuleLoader;
  readonly host: RuleHost;
}

/** Firings of one answer at most. */
const MAX_PAGE = 1_024;

/** The operations of the rules service (contracts operations/rules.ts). */
export function ruleHandlers(deps: RuleHandlerDeps): Handlers<RulesOperations> {
  const { files, firings, loader, host } = deps;

  function viewOf(rule: LoadedRule): RuleView[] {
    const explained = host.engine.explain(rule.ir.name);
    return explained === undefined ? [] : [ruleView(rule, explained, host.counters(rule.ir.name))];
  }

  function answer({ rules, problems }: CheckResult) {
    return { rules: rules.map(({ name }) => name), problems: problems.map((problem) => ({ ...problem })) };
  }

  /** A file in force has no error, nor a name that another file has taken. */
  function refuseErrors(file: string, { rules, problems }: CheckResult): void {
    const owners = new Map(loader.current.rules.map(({ ir, file: owner }) => [ir.name, owner]));
    const taken = rules.flatMap((ir) => {
      const owner = owners.get(ir.name);
      return owner === undefined || owner === file ? [] : [takenProblem(ir, file, owner)];
    });
    const all = [...problems, ...taken];
    const error = all.find(({ severity }) => severity === "error");
    if (error === undefined) return;
    const { line, column, message } = error;
    throw new AppError("ContractInvalid", `${file}:${line}:${column}: ${message.en} / ${message.zh}`, {
      code: "rule-errors",
      details: { problems: all },
    });
  }

  return {
    allRules: () => ({ rules: loader.current.rules.flatMap(viewOf), problems: [...loader.current.problems] }),
    ruleByName({ name }) {
      const [rule] = loader.current.rules.filter(({ ir }) => ir.name === name).flatMap(viewOf);
      if (rule === undefined) throw new AppError("NotFound", `no rule named '${name}'; jx rule ls shows all`);
      return { rule };
    },
    check: async ({ body }) => answer(await loader.check(body.text)),
    allFiles: async () => ({ files: (await files.all()).map(({ file, text }) => ({ file, text })) }),
    async putFile({ file, body }) {
      const checked = await loader.check(body.text);
      refuseErrors(file, checked);
      await files.write(file, body.text);
      await loader.load();
      return answer(checked);
    },
    async deleteFile({ file }) {
      await files.remove(file);
      await loader.load();
      return {};
    },
    async allFirings({ offset, limit }) {
      const { total, firings: list } = await firings.list(offset, rowsAtMost(limit, MAX_PAGE));
      return { totalCount: total, firings: list };
    },
  };
}
