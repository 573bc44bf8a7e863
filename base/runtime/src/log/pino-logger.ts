import { pino } from "pino";
import { maskedTree } from "../config/masked.ts";
import type { Logger } from "./logger.ts";

export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR";

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where each JSON line goes. */
  readonly write: (line: string) => void;
}

/** A logger whose level can change while it runs (EdgeX: Writable.LogLevel). */
export interface LeveledLogger extends Logger {
  setLevel(level: LogLevel): void;
}

export function createLogger(options: LoggerOptions): LeveledLogger {
  const root = pino(
    {
      level: options.level.toLowerCase(),
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label.toUpperCase() }),
        log: (context) => maskedTree(context) as Record<string, unknown>,
      },
      serializers: { error: pino.stdSerializers.err },
    },
    { write: options.write },
  );
  return wrap(root);
}

function wrap(log: pino.Logger): LeveledLogger {
  return {
    trace: (context, message) => log.trace(context, message),
    debug: (context, message) => log.debug(context, message),
    info: (context, message) => log.info(context, message),
    warn: (context, message) => log.warn(context, message),
    error: (context, message) => log.error(context, message),
    child: (bindings) => wrap(log.child(bindings)),
    setLevel: (level) => {
      log.level = level.toLowerCase();
    },
  };
}
