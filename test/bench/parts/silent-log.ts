import type { Logger } from "@jx/runtime";

const nothing = (): void => undefined;
export const silentLog: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
