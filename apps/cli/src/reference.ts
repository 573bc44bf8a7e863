// Writes the reference of the command line: `node apps/cli/src/reference.ts zh > docs/cli.zh.md`. A test compares.

import type { Option } from "./command.ts";
import { COMMANDS } from "./command-table.ts";
import { optionText, usage } from "./help-text.ts";
import { GLOBAL_OPTIONS } from "./parse-input.ts";
import type { Language } from "./place.ts";

const INTRO: Readonly<Record<Language, string>> = {
  en: `# The command line

\`npx jx …\` in a clone, \`./jx …\` in an unpacked release. \`jx start\` runs the edge itself; every other word is a command
below. [中文](cli.zh.md)

A command finds the running edge by \`run.json\` in its data folder: \`--data DIR\`, else \`JX_DATA\`, else \`var/edge\` in a
clone and \`/var/lib/jx-edge\` installed. With no edge running it says so, and how to start one. \`device probe\`,
\`device template\`, \`device import --dry-run\` and \`--out\`, \`logs\`, \`doctor\`, \`conform\` and
\`service\` need none.

Texts are in Chinese or English by \`--lang\`, \`JX_LANG\` or the locale. \`--json\` prints one JSON value for programs
(one a line for \`event tail\` and \`logs\`); 64-bit integers keep all their digits, and an error is
\`{"error": {"exit", "message", "zh"}}\`.

| Exit code | Meaning |
|---|---|
| 0 | done |
| 1 | failed; \`doctor\` found something broken; a host does not pass \`conform\`; the question was answered with no |
| 2 | wrong usage, or a question that nobody is there to answer (\`--yes\`) |
| 3 | no edge is running |
| 4 | a file has errors: rules, points table, profile, device |
| 130 | ended by Ctrl-C before it was done |
`,
  zh: `# 命令行

在克隆的仓库里用 \`npx jx …\`，在解开的发行包里用 \`./jx …\`。\`jx start\` 启动边缘本身，其余都是下面的命令。[English](cli.md)

命令通过数据目录里的 \`run.json\` 找到正在运行的边缘：\`--data DIR\`，否则 \`JX_DATA\`，否则克隆里的 \`var/edge\`、安装后的
\`/var/lib/jx-edge\`。边缘没有运行时，会提示怎样启动。\`device probe\`、\`device template\`、
\`device import --dry-run\` 和 \`--out\`、\`logs\`、\`doctor\`、\`conform\`、\`service\` 不需要边缘运行。

文字按 \`--lang\`、\`JX_LANG\` 或系统语言显示中文或英文。\`--json\` 为程序输出一个 JSON 值（\`event tail\` 和 \`logs\` 每行一个）；
64 位整数保留所有位；出错时为 \`{"error": {"exit", "message", "zh"}}\`。

| 退出码 | 含义 |
|---|---|
| 0 | 成功 |
| 1 | 失败；\`doctor\` 发现问题；主机未通过 \`conform\`；询问时选择了“否” |
| 2 | 用法错误，或需要确认而无人可确认（\`--yes\`） |
| 3 | 没有正在运行的边缘 |
| 4 | 文件有错：规则、点表、模型、设备 |
| 130 | 未完成时按了 Ctrl-C |
`,
};

export function reference(language: Language): string {
  const parts = [
    INTRO[language],
    `## ${language === "zh" ? "所有命令都有的选项" : "Options of every command"}\n\n${list(GLOBAL_OPTIONS, language)}\n`,
  ];
  for (const command of COMMANDS) {
    const { options } = command;
    parts.push(
      `## \`${usage(command)}\`\n\n${command.summary[language]}\n${options === undefined ? "" : `\n${list(options, language)}\n`}`,
    );
  }
  return parts.join("\n");
}

function list(options: Readonly<Record<string, Option>>, language: Language): string {
  return Object.entries(options)
    .map(([name, option]) => `- \`${optionText(name, option)}\` ${option.summary[language]}`)
    .join("\n");
}

if (import.meta.main) process.stdout.write(reference(process.argv[2] === "zh" ? "zh" : "en"));
