/** Name of the file in the data folder that tells programs of this machine where the running edge is. */
export const RUN_FILE = "run.json";

/** What it holds; only its owner can read it. */
export interface RunFile {
  readonly pid: number;
  readonly url: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token: string;
  readonly version: string;
  /** ms since 1970. */
  readonly startedAt: number;
}
