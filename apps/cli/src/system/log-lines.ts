import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One entry of `<data>/logs/edge.log` (runtime, pino-logger.ts); a line that is no JSON is kept as its message. */
export interface LogEntry {
  readonly time: string;
  readonly level: string;
  readonly service: string;
  readonly message: string;
  readonly rest: Readonly<Record<string, unknown>>;
}

export const LOG_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"] as const;

export interface LogFilter {
  /** Index into LOG_LEVELS; entries below it are left out. */
  readonly minLevel: number;
  readonly services: ReadonlySet<string>;
}

export function parseLogLine(line: string): LogEntry {
  try {
    const { time, level, service, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return {
      time: String(time ?? ""),
      level: String(level ?? ""),
      service: String(service ?? ""),
      message: String(msg ?? ""),
      rest,
    };
  } catch {
    return { time: "", level: "", service: "", message: line, rest: {} };
  }
}

export function passes(entry: LogEntry, filter: LogFilter): boolean {
  const level = LOG_LEVELS.indexOf(entry.level as (typeof LOG_LEVELS)[number]);
  return (level < 0 || level >= filter.minLevel) && (filter.services.size === 0 || filter.services.has(entry.service));
}

/** The log files from the newest to the oldest (runtime, rotating-file.ts: edge.log, edge.log.1, …). */
export function logFiles(folder: string): string[] {
  const files = [join(folder, "edge.log")];
  for (let i = 1; existsSync(join(folder, `edge.log.${i}`)); i += 1) files.push(join(folder, `edge.log.${i}`));
  return files.filter((file) => existsSync(file));
}

/** The last `count` lines that pass, in order. */
export function lastLines(folder: string, count: number, filter: LogFilter): string[] {
  let found: string[] = [];
  for (const file of logFiles(folder)) {
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "" && passes(parseLogLine(line), filter));
    found = [...lines.slice(-(count - found.length)), ...found];
    if (found.length >= count) break;
  }
  return found;
}
