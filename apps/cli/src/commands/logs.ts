import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, type Context, type Input, wholeNumber } from "../command.ts";
import { formatTime } from "../output/format.ts";
import { pad } from "../output/table.ts";
import { problem } from "../problem.ts";
import { followFile } from "../system/follow-file.ts";
import { LOG_LEVELS, type LogEntry, type LogFilter, lastLines, parseLogLine, passes } from "../system/log-lines.ts";

export const logs: Command = {
  name: "logs",
  summary: { zh: "显示日志（边缘不运行时也可以）", en: "show the log (also when no edge runs)" },
  options: {
    follow: { short: "f", summary: { zh: "继续显示新的行，直到 Ctrl-C", en: "go on with new lines, until Ctrl-C" } },
    level: {
      value: "LEVEL",
      summary: {
        zh: "至少此级别：trace debug info warn error",
        en: "this level and above: trace debug info warn error",
      },
    },
    service: {
      value: "KEY",
      multiple: true,
      summary: { zh: "只看这个服务，可重复", en: "this service only; may be repeated" },
    },
    lines: { value: "N", short: "n", summary: { zh: "最后 N 行（默认 100）", en: "the last N lines (default 100)" } },
  },
  async run(input, context) {
    const folder = join(context.dataDir, "logs");
    const filter = filterOf(input);
    const count = wholeNumber(input, "lines", 100);
    const follow = input.flag("follow");
    if (!existsSync(folder) && !follow) {
      throw problem(
        "failed",
        `${folder} 里没有日志：边缘还没有在此数据目录上运行过。`,
        `There is no log in ${folder}: no edge has run on this data folder yet.`,
      );
    }
    const show = (line: string): void => context.print(context.json ? line : pretty(parseLogLine(line), context));
    if (count > 0) for (const line of lastLines(folder, count, filter)) show(line);
    if (!follow) return 0;
    for await (const line of followFile(join(folder, "edge.log"), context.signal)) {
      if (line !== "" && passes(parseLogLine(line), filter)) show(line);
    }
    return 0;
  },
};

function filterOf(input: Input): LogFilter {
  const level = input.text("level")?.toUpperCase() ?? "TRACE";
  const minLevel = LOG_LEVELS.indexOf(level as (typeof LOG_LEVELS)[number]);
  if (minLevel < 0) {
    const known = LOG_LEVELS.join(", ").toLowerCase();
    throw problem("usage", `--level "${level}" 应为 ${known} 之一。`, `--level "${level}" should be one of ${known}.`);
  }
  return { minLevel, services: new Set(input.texts("service")) };
}

function pretty(entry: LogEntry, { paint }: Context): string {
  if (entry.time === "") return entry.message;
  const { error, ...rest } = entry.rest as { error?: { message?: unknown; stack?: unknown } };
  const level = pad(entry.level, 5);
  const painted = entry.level === "ERROR" ? paint.bad(level) : entry.level === "WARN" ? paint.warn(level) : level;
  const details = Object.entries(rest)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  const stack =
    error === undefined ? "" : `\n    ${String(error.stack ?? error.message ?? "").replaceAll("\n", "\n    ")}`;
  const time = paint.dim(formatTime(Date.parse(entry.time)));
  return `${time} ${painted} ${pad(entry.service, 14)} ${entry.message}${details === "" ? "" : `  ${paint.dim(details)}`}${stack}`;
}
