import { type ParseArgsOptionDescriptor, parseArgs } from "node:util";
import { messageOf } from "@jx/kit";
import type { Command, Input, Option } from "./command.ts";
import { problem } from "./problem.ts";

/** What every command takes. */
export const GLOBAL_OPTIONS: Readonly<Record<string, Option>> = {
  data: { value: "DIR", summary: { zh: "数据目录（JX_DATA）", en: "data folder of the edge (JX_DATA)" } },
  json: { summary: { zh: "输出 JSON，供程序使用", en: "print JSON, for programs" } },
  lang: { value: "zh|en", summary: { zh: "语言（JX_LANG）", en: "language (JX_LANG)" } },
  help: { short: "h", summary: { zh: "显示帮助", en: "show help" } },
};

export interface Found {
  readonly command: Command | undefined;
  /** The words that could name a command, for messages. */
  readonly words: readonly string[];
  /** Everything but the command's name. */
  readonly rest: readonly string[];
}

/** Finds the command by the longest name that the words begin with; options may stand before, between and after. */
export function findCommand(commands: readonly Command[], args: readonly string[]): Found {
  const positions: number[] = [];
  for (let i = 0; i < args.length && positions.length < 2; i += 1) {
    const word = args[i] ?? "";
    if (word === "--") break;
    if (!word.startsWith("-")) positions.push(i);
    else if (GLOBAL_OPTIONS[word.slice(2)]?.value !== undefined) i += 1;
  }
  const words = positions.map((at) => args[at] ?? "");
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ");
    const command = words.length < length ? undefined : commands.find((known) => known.name === name);
    if (command === undefined) continue;
    const used = new Set(positions.slice(0, length));
    return { command, words, rest: args.filter((_arg, i) => !used.has(i)) };
  }
  return { command: undefined, words, rest: args };
}

/** Before a negative number, which parseArgs would take for an option. */
const NUMBER_MARK = "\u0000";
const unmark = (text: string): string => text.replace(NUMBER_MARK, "");

/** @throws AppError usage */
export function parseInput(command: Pick<Command, "options">, args: readonly string[]): Input {
  const options: Record<string, ParseArgsOptionDescriptor> = {};
  for (const [name, option] of Object.entries({ ...GLOBAL_OPTIONS, ...command.options })) {
    options[name] = {
      type: option.value === undefined ? "boolean" : "string",
      ...(option.short === undefined ? {} : { short: option.short }),
      ...(option.multiple === true ? { multiple: true } : {}),
    };
  }
  const marked = args.map((arg) => (/^-\.?\d/.test(arg) ? NUMBER_MARK + arg : arg));
  try {
    const { values, positionals } = parseArgs({ args: marked, options, allowPositionals: true });
    return {
      operands: positionals.map(unmark),
      flag: (name) => values[name] === true,
      text(name) {
        const value = values[name];
        return typeof value === "string" ? unmark(value) : undefined;
      },
      texts(name) {
        const value = values[name];
        return Array.isArray(value) ? value.map((text) => unmark(String(text))) : [];
      },
    };
  } catch (error) {
    throw problem("usage", `${messageOf(error)}`, messageOf(error), error);
  }
}

/** @throws AppError usage when there are too few or too many operands */
export function checkOperands(command: Command, input: Input): void {
  const [min, max] = command.count ?? [0, 0];
  const { length } = input.operands;
  const usage = `jx ${command.name}${command.operands === undefined ? "" : ` ${command.operands}`}`;
  if (length < min) {
    throw problem(
      "usage",
      `参数不足；用法：${usage}（jx help ${command.name}）`,
      `something is missing; use: ${usage}  (jx help ${command.name})`,
    );
  }
  if (length > max) {
    const extra = input.operands[max] ?? "";
    throw problem(
      "usage",
      `多余的参数 "${extra}"；用法：${usage}`,
      `"${extra}" is one too many; use: ${usage}  (quote names with blanks)`,
    );
  }
}
