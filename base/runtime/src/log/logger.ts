/** What code logs with: facts first, then one English sentence. pino stands behind it. */
export interface Logger {
  trace(context: object, message: string): void;
  debug(context: object, message: string): void;
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
  child(bindings: object): Logger;
}
