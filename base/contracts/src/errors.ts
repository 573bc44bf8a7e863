import type { ErrorKind } from "@jx/kit";

/** The one table kind → HTTP status. Source: go-mod-core-contracts errors/types.go (codeMapping). */
export const STATUS_OF: Readonly<Record<ErrorKind, number>> = {
  ContractInvalid: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  NotAllowed: 405,
  DuplicateName: 409,
  StatusConflict: 409,
  LimitExceeded: 413,
  RangeNotSatisfiable: 416,
  ServiceLocked: 423,
  ServerError: 500,
  Storage: 500,
  NotImplemented: 501,
  Communication: 502,
  ServiceUnavailable: 503,
  Timeout: 503,
  Aborted: 503,
};

const KIND_OF: ReadonlyMap<number, ErrorKind> = new Map([
  [400, "ContractInvalid"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [405, "NotAllowed"],
  [409, "StatusConflict"],
  [413, "LimitExceeded"],
  [416, "RangeNotSatisfiable"],
  [423, "ServiceLocked"],
  [501, "NotImplemented"],
  [502, "Communication"],
  [503, "ServiceUnavailable"],
]);

/** The kind a client reports for a status; everything unknown is a ServerError (EdgeX: KindMapping). */
export function kindOfStatus(status: number): ErrorKind {
  return KIND_OF.get(status) ?? "ServerError";
}
