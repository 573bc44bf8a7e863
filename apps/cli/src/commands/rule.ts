import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { RuleProblem } from "@jx/contracts";
import { isAppError, messageOf } from "@jx/kit";
import { type Command, type Context, operand } from "../command.ts";
import { formatOrigin } from "../output/format.ts";
import { paintState } from "../output/paint.ts";
import { ruleProblemText } from "../output/rule-problem.ts";
import { titled } from "../output/table.ts";
import { EXIT, problem } from "../problem.ts";

/** Bytes; the rules service takes no more. */
const MAX_BYTES = 1_000_000;

export const ruleLs: Command = {
  name: "rule ls",
  summary: {
    zh: "列出规则、状态和原因，以及规则文件的错误",
    en: "list the rules, their state and why, and what is wrong in their files",
  },
  async run(_input, context) {
    const edge = await context.edge();
    const { rules, problems } = await edge.rules.allRules({});
    if (context.json) {
      context.printJson({ rules, problems });
      return 0;
    }
    const { say, paint, language } = context;
    // A file with errors has no rules in the list; without a word here it would just be missing.
    for (const { file, line, column, severity, message } of problems) {
      context.note(`${paint.bold(`${file}:${line}:${column}:`)} ${paintState(paint, severity)}: ${message[language]}`);
    }
    if (rules.length === 0) {
      context.print(say("还没有规则。添加：jx rule add 文件", "No rules yet. Add some with jx rule add FILE."));
      return 0;
    }
    const rows = rules.map((rule) => [
      rule.name,
      paintState(paint, rule.state),
      String(rule.firings),
      rule.lastFiring === undefined ? "–" : formatOrigin(rule.lastFiring),
      `${rule.file}:${rule.line}`,
      rule.explanation[language],
    ]);
    const head = [
      say("规则", "Rule"),
      say("状态", "State"),
      say("触发", "Firings"),
      say("上次触发", "Last firing"),
      say("位置", "File"),
      say("原因", "Why"),
    ];
    context.print(titled(paint, head, rows));
    return 0;
  },
};

export const ruleCheck: Command = {
  name: "rule check",
  operands: "FILE…",
  count: [1, 100],
  summary: { zh: "检查规则文件，什么也不改", en: "check rule files and change nothing" },
  async run(input, context) {
    const edge = await context.edge();
    const results = [];
    let errors = 0;
    for (const file of input.operands) {
      const text = readRules(file);
      const checked = await edge.rules.check({ body: { text } });
      results.push({ file, ...checked });
      errors += checked.problems.filter(({ severity }) => severity === "error").length;
      if (!context.json) report(file, text, checked, context);
    }
    if (context.json) context.printJson(results);
    return errors === 0 ? EXIT.ok : EXIT.badFile;
  },
};

function report(
  file: string,
  text: string,
  checked: { rules: readonly string[]; problems: readonly RuleProblem[] },
  context: Context,
): void {
  for (const found of checked.problems) context.print(ruleProblemText(file, text, found, context));
  const errors = checked.problems.filter(({ severity }) => severity === "error").length;
  const { say, paint } = context;
  if (errors === 0)
    context.print(
      paint.good(
        say(`${file}：${checked.rules.length} 条规则，没有错误`, `${file}: ${checked.rules.length} rule(s), no errors`),
      ),
    );
  else context.print(paint.bad(say(`${file}：${errors} 个错误`, `${file}: ${errors} error(s)`)));
}

export const ruleAdd: Command = {
  name: "rule add",
  operands: "FILE…",
  count: [1, 100],
  summary: {
    zh: "检查规则文件并投入使用（同名则替换）",
    en: "check rule files and put them in force (replaces one of the same name)",
  },
  async run(input, context) {
    const edge = await context.edge();
    const files = input.operands.map((path) => ({ path, file: ruleFileName(path), text: readRules(path) }));
    for (const { path, text } of files) {
      const checked = await edge.rules.check({ body: { text } });
      if (checked.problems.every(({ severity }) => severity !== "error")) continue;
      if (context.json) context.printJson([{ file: path, ...checked }]);
      else report(path, text, checked, context);
      return EXIT.badFile;
    }
    const added = [];
    for (const { file, text } of files) {
      const { rules } = await edge.rules.putFile({ file, body: { text } });
      added.push({ file, rules });
      if (!context.json)
        context.print(
          context.say(`${file}：${rules.length} 条规则已投入使用`, `${file}: ${rules.length} rule(s) in force`),
        );
    }
    if (context.json) context.printJson(added);
    return 0;
  },
};

export const ruleRm: Command = {
  name: "rule rm",
  operands: "FILE",
  count: [1, 1],
  summary: { zh: "删除一个规则文件", en: "remove a rule file" },
  options: { yes: { short: "y", summary: { zh: "不再询问", en: "do not ask" } } },
  async run(input, context) {
    const { say } = context;
    const file = ruleFileName(operand(input));
    const edge = await context.edge();
    if (!input.flag("yes") && !(await context.confirm(say(`删除规则文件 ${file}？`, `Remove the rule file ${file}?`))))
      return EXIT.failed;
    try {
      await edge.rules.deleteFile({ file });
    } catch (error) {
      if (!isAppError(error, "NotFound")) throw error;
      const { files } = await edge.rules.allFiles({});
      const known = files.map((one) => one.file).join(", ") || "–";
      throw problem(
        "failed",
        `没有规则文件 "${file}"；有：${known}`,
        `There is no rule file "${file}"; there are: ${known}`,
        error,
      );
    }
    if (context.json) context.printJson({ removed: file });
    else context.print(say(`已删除 ${file}`, `Removed ${file}`));
    return 0;
  },
};

function ruleFileName(path: string): string {
  const name = basename(path);
  return name.endsWith(".pangu") ? name : `${name}.pangu`;
}

/** @throws AppError bad-file */
function readRules(path: string): string {
  try {
    if (statSync(path).size > MAX_BYTES) {
      throw problem(
        "bad-file",
        `${path} 大于 ${MAX_BYTES} 字节，不是规则文件`,
        `${path} is larger than ${MAX_BYTES} bytes; that is no rule file`,
      );
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (isAppError(error)) throw error;
    throw problem(
      "bad-file",
      `${path} 无法读取：${messageOf(error)}`,
      `${path} cannot be read: ${messageOf(error)}`,
      error,
    );
  }
}
