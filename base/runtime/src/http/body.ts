import { parseJson, type WireName } from "@jx/contracts";
import { codecNamed } from "./codecs.ts";
import { formFile } from "./form.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Bytes of a body → a value, by the operation's codec or as JSON. @throws AppError ContractInvalid */
export async function parseBody(wire: WireName | undefined, bytes: Uint8Array, contentType: string): Promise<unknown> {
  const codec = wire === undefined ? undefined : await codecNamed(wire);
  if (codec?.decodeFile !== undefined) return codec.decodeFile(await formFile(bytes, contentType));
  return codec?.decodeBody === undefined
    ? parseJson(decodeUtf8(bytes, "the body"))
    : codec.decodeBody(bytes, contentType);
}
