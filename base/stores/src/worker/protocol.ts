import { AppError, type ErrorKind } from "@jx/kit";
import type { OpenReport } from "../database.ts";

/** Messages between a database thread and its owner; structured clone carries them. */
export interface OpenRequest {
  readonly type: "open";
  readonly id: number;
  readonly store: number;
  readonly role: "writer" | "reader";
  readonly module: string;
  readonly file: string;
  readonly synchronous: "FULL" | "OFF";
  readonly commitIntervalMs: number;
  readonly commitRows: number;
}

export interface RunRequest {
  readonly type: "write" | "read";
  readonly id: number;
  readonly store: number;
  readonly job: string;
  readonly args: unknown;
  /** A write that may wait for company (StoreOptions.commitIntervalMs). */
  readonly patient?: boolean;
}

export interface CloseRequest {
  readonly type: "close";
  readonly id: number;
  readonly store: number;
}

export type Request = OpenRequest | RunRequest | CloseRequest;
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ErrorData };

/** What an open answers: the report from a writer, nothing from a reader. */
export type OpenReply = OpenReport | undefined;

export interface ErrorData {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

export function errorToData(error: AppError): ErrorData {
  return { kind: error.kind, message: error.message, code: error.code, details: error.details };
}

export function dataToError(data: ErrorData): AppError {
  return new AppError(data.kind, data.message, {
    ...(data.code === undefined ? {} : { code: data.code }),
    ...(data.details === undefined ? {} : { details: data.details }),
  });
}
