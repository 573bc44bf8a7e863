import { parseJson, type WireName, wireCodecs } from "@jx/contracts";
import { AppError } from "@jx/kit";

/** Bytes of a body → a value, by the operation's wire codec or as JSON. @throws AppError ContractInvalid */
export function parseBody(wire: WireName | undefined, bytes: Uint8Array, contentType: string): unknown {
  const codec = wire === undefined ? undefined : wireCodecs[wire];
  return codec?.decodeBody === undefined ? parseJson(decodeUtf8(bytes)) : codec.decodeBody(bytes, contentType);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("ContractInvalid", "the body is not UTF-8; save the file as UTF-8 and send it again", { cause });
  }
}
