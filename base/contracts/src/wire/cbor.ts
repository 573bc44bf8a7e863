import { AppError, messageOf } from "@jx/kit";
import { decode, encode } from "cborg";

/** CBOR (RFC 8949) as Go's fxamacker/cbor writes it: text keys, bytes as byte strings, 64-bit integers exact. */
export function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { coerceUndefinedToNull: true });
  } catch (error) {
    // A stack overflow by hostile nesting ends here too, as a RangeError.
    throw new AppError("ContractInvalid", `the body is not valid CBOR: ${messageOf(error)}`, { code: "invalid-cbor" });
  }
}

export function encodeCbor(value: unknown): Uint8Array {
  return encode(value, { ignoreUndefinedProperties: true, mapSorter: keepOrder });
}

function keepOrder(): number {
  return 0;
}
