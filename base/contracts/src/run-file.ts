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

/** Name of the file beside it that tells what runs on the data folder, with or without a gateway. */
export const SERVICES_FILE = "services.json";

export interface ServicesFile {
  readonly pid: number;
  readonly version: string;
  /** ms since 1970. */
  readonly startedAt: number;
  /** Of each service its key and "http://host:port". */
  readonly services: readonly { readonly key: string; readonly address: string }[];
}
