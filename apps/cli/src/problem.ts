import type { Bilingual, FileMisfit } from "@jx/contracts";
import { AppError, type ErrorKind, isAppError, messageOf } from "@jx/kit";
import { misfitsZh } from "./output/file-problem.ts";

/** What `jx` ends with; docs/cli.md lists them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** Unknown command or option, missing argument, or a question that nobody is there to answer. */
  usage: 2,
  noEdge: 3,
  /** A file that was given (rules, points table, profile, device) has errors. */
  badFile: 4,
  interrupted: 130,
} as const;

const CODES = { usage: EXIT.usage, "no-edge": EXIT.noEdge, "bad-file": EXIT.badFile, failed: EXIT.failed } as const;
export type ProblemCode = keyof typeof CODES;

const KINDS: Readonly<Record<ProblemCode, ErrorKind>> = {
  usage: "ContractInvalid",
  "no-edge": "ServiceUnavailable",
  "bad-file": "ContractInvalid",
  failed: "ServerError",
};

/** An error for a person, in both languages; `code` decides how the program ends. */
export function problem(code: ProblemCode, zh: string, en: string, cause?: unknown): AppError {
  return new AppError(KINDS[code], en, { code: `cli-${code}`, details: { zh }, cause });
}

/** What each kind means to a person; the details follow in the service's own words, which are English on the wire. */
const KIND_ZH: Readonly<Record<ErrorKind, string>> = {
  ContractInvalid: "输入有误",
  NotFound: "未找到",
  DuplicateName: "名称已存在",
  StatusConflict: "现在不能这样做",
  LimitExceeded: "超出限度",
  RangeNotSatisfiable: "超出范围",
  ServiceLocked: "已锁定或禁止写入",
  NotAllowed: "不允许",
  NotImplemented: "尚不支持",
  Unauthorized: "未授权",
  Forbidden: "被拒绝",
  Communication: "通信失败",
  ServiceUnavailable: "无法连接或服务不可用",
  Timeout: "超时",
  Storage: "存储失败",
  Aborted: "已中止",
  ServerError: "失败",
};

/** What is shown. */
export function textOf(error: unknown): Bilingual {
  const en = messageOf(error);
  if (!isAppError(error)) return { zh: en, en };
  const zh = error.details?.zh;
  if (error.code === "invalid-file") return { zh: fileZh(error), en };
  return { zh: typeof zh === "string" ? zh : `${KIND_ZH[error.kind]}：${en}`, en };
}

/** A file that does not fit its schema is told place by place; one that is no YAML, in the parser's words. */
function fileZh(error: AppError): string {
  const { file, misfits, more } = error.details ?? {};
  if (!Array.isArray(misfits)) return `文件有误：${error.message}`;
  const rest = Number(more) > 0 ? `\n… 还有 ${Number(more)} 个` : "";
  return misfitsZh(String(file), misfits as readonly FileMisfit[]) + rest;
}

export function exitOf(error: unknown): number {
  if (!isAppError(error)) return EXIT.failed;
  if (error.code === "invalid-file") return EXIT.badFile;
  return CODES[error.code?.replace(/^cli-/, "") as ProblemCode] ?? EXIT.failed;
}

/** The http client's sign that nothing answered at all, as opposed to a service that answered with an error. */
export function isUnreachable(error: unknown): boolean {
  if (!isAppError(error, "ServiceUnavailable")) return false;
  return error.details?.url !== undefined && error.details.status === undefined;
}
