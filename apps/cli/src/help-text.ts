import type { Command, Option } from "./command.ts";
import { table } from "./output/table.ts";
import { GLOBAL_OPTIONS } from "./parse-input.ts";
import type { Language } from "./place.ts";

export function usage(command: Command): string {
  return `jx ${command.name}${command.operands === undefined ? "" : ` ${command.operands}`}`;
}

/** All commands, one a line. */
export function overview(commands: readonly Command[], language: Language): string {
  const zh = language === "zh";
  return `${zh ? "JX Edge 命令行" : "JX Edge on the command line"}

${indent(list(commands, language))}

${zh ? "所有命令都有的选项" : "Options of every command"}
${indent(options(GLOBAL_OPTIONS, language))}

${
  zh
    ? "启动边缘：jx start（jx start --help）。每个命令的说明：jx help 命令"
    : "jx start runs the edge (jx start --help). More about one command: jx help COMMAND"
}
${
  zh
    ? "退出码：0 成功，1 失败，2 用法错误，3 没有正在运行的边缘，4 文件有错"
    : "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no edge running, 4 a file has errors"
}
`;
}

export function groupHelp(commands: readonly Command[], language: Language): string {
  return `${indent(list(commands, language))}\n`;
}

export function commandHelp(command: Command, language: Language): string {
  const lines = [`${usage(command)}`, "", command.summary[language], ""];
  if (command.options !== undefined) lines.push(indent(options(command.options, language)), "");
  lines.push(language === "zh" ? "通用选项" : "Options of every command", indent(options(GLOBAL_OPTIONS, language)));
  return `${lines.join("\n")}\n`;
}

export function optionText(name: string, option: Option): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  return `${short}--${name}${option.value === undefined ? "" : ` ${option.value}`}`;
}

function list(commands: readonly Command[], language: Language): string {
  return table(commands.map((command) => [usage(command), command.summary[language]]));
}

function options(all: Readonly<Record<string, Option>>, language: Language): string {
  return table(Object.entries(all).map(([name, option]) => [optionText(name, option), option.summary[language]]));
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
