import { AppError, type ErrorKind, isAppError } from "@jx/kit";

interface ExceptionText {
  readonly name: string;
  readonly kind: ErrorKind;
  /** What it usually means on site. */
  readonly meaning: string;
}

/** MODBUS Application Protocol V1.1b3, clause 7, table of exception codes. */
// biome-ignore format: a table reads best with one row per line
const EXCEPTIONS: ReadonlyMap<number, ExceptionText> = new Map([
  [1, { name: "illegal function", kind: "NotAllowed", meaning: "the unit does not offer this table or this kind of write" }],
  [2, { name: "illegal data address", kind: "ContractInvalid", meaning: "the unit has no such address; look at its register list, and whether that counts from 0 or 1" }],
  [3, { name: "illegal data value", kind: "ContractInvalid", meaning: "the unit refuses this value, or so many addresses in one request" }],
  [4, { name: "server device failure", kind: "ServerError", meaning: "the unit failed while it did this; look at its own fault display" }],
  [5, { name: "acknowledge", kind: "ServiceUnavailable", meaning: "the unit took the request and needs long for it; read later" }],
  [6, { name: "server device busy", kind: "ServiceUnavailable", meaning: "the unit is busy; a longer interval helps" }],
  [8, { name: "memory parity error", kind: "ServerError", meaning: "the unit's memory is damaged" }],
  [10, { name: "gateway path unavailable", kind: "Communication", meaning: "the gateway is overloaded or misconfigured" }],
  [11, { name: "gateway target device failed to respond", kind: "Communication", meaning: "the gateway is there, the unit behind it does not answer; check its power, wiring and UnitID" }],
]);
const UNKNOWN: ExceptionText = {
  name: "unknown exception",
  kind: "ServerError",
  meaning: "the code is not in the standard; look into the device's manual",
};

export const EXCEPTION_CODE = "modbus-exception";

/**
 * The device's own refusal: the connection is sound and the answer valid. `details.exception` is the code, 1–255.
 * Only a gateway's word that its unit is not there has kind Communication: that unit did not answer.
 */
export function exceptionError(exception: number, what: string): AppError {
  const { name, kind, meaning } = EXCEPTIONS.get(exception) ?? UNKNOWN;
  return new AppError(kind, `${what}: exception ${exception}, ${name} (${meaning})`, {
    code: EXCEPTION_CODE,
    details: { exception },
  });
}

/** The exception code when `error` is a device's refusal. */
export function exceptionOf(error: unknown): number | undefined {
  if (!isAppError(error) || error.code !== EXCEPTION_CODE) return undefined;
  return error.details?.exception as number;
}

/** Illegal address or value: asking for fewer addresses at once may help. */
export function isNarrowable(exception: number): boolean {
  return exception === 2 || exception === 3;
}
