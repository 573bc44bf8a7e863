import { AppError } from "@jx/kit";

/** `what` for the message: "the body". @throws AppError ContractInvalid when the bytes are no UTF-8 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("ContractInvalid", `${what} is not UTF-8; save the file as UTF-8 and send it again`, { cause });
  }
}
