import type { Handlers, RulesOperations, RuleView } from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { RuleFiles } from "./rule-files.ts";
import type { RuleHost } from "./rule-host.ts";
import type { RuleLoader } from "./rule-loader.ts";
import type { FiringLog } from "./store/firing-log.ts";
import { ruleView } from "./view.ts";

export interface RuleHandlerDeps {
  readonly files: RuleFiles;
  readonly firings: FiringLog;
  readonly loader: RuleLoader;
  readonly host: RuleHost;
}

const MAX_PAGE = 1_024;

/** The operations of the rules service (contracts operations/rules.ts). */
export function ruleHandlers(deps: RuleHandlerDeps): Handlers<RulesOperations> {
  const { files, firings, loader, host } = deps;

  function views(): RuleView[] {
    return loader.current.rules.flatMap((rule) => {
      const explained = host.engine.explain(rule.ir.name);
      return explained === undefined ? [] : [ruleView(rule, explained, host.counters(rule.ir.name))];
    });
  }

  async function check(text: string) {
    const result = await loader.check(text);
    return {
      rules: result.rules.map(({ name }) => name),
      problems: result.problems.map((problem) => ({ ...problem })),
    };
  }

  return {
    allRules: () => ({ rules: views() }),
    ruleByName({ name }) {
      const rule = views().find((view) => view.name === name);
      if (rule === undefined) throw new AppError("NotFound", `no rule named '${name}'; jx rule ls shows all`);
      return { rule };
    },
    check: ({ body }) => check(body.text),
    allFiles: async () => ({ files: [...(await files.all())] }),
    async putFile({ file, body }) {
      const checked = await check(body.text);
      const error = checked.problems.find(({ severity }) => severity === "error");
      if (error !== undefined) {
        const { line, column, message } = error;
        throw new AppError("ContractInvalid", `${file}:${line}:${column}: ${message.en} / ${message.zh}`, {
          code: "rule-errors",
          details: { problems: checked.problems },
        });
      }
      await files.write(file, body.text);
      await loader.load();
      return checked;
    },
    async deleteFile({ file }) {
      await files.remove(file);
      await loader.load();
      return {};
    },
    async allFirings({ offset, limit }) {
      const { total, firings: list } = await firings.list(offset, limit === -1 ? MAX_PAGE : limit);
      return { totalCount: total, firings: list };
    },
  };
}
