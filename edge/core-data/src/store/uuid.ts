import { AppError } from "@jx/kit";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
/** Where the 16 bytes stand in the text form (RFC 9562 §4). */
const AT = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws AppError ContractInvalid */
export function writeUuid(text: string, target: Uint8Array, offset: number): void {
  if (!FORM.test(text))
    throw new AppError("ContractInvalid", `event id "${text}" is no UUID such as ${crypto.randomUUID()}`);
  for (let i = 0; i < 16; i += 1) {
    const at = AT[i] ?? 0;
    target[offset + i] = nibble(text.charCodeAt(at)) * 16 + nibble(text.charCodeAt(at + 1));
  }
}

export function uuidToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  writeUuid(text, bytes, 0);
  return bytes;
}

/** The lower-case form, which is what EdgeX gives back. */
export function readUuid(source: Uint8Array, offset: number): string {
  let text = "";
  for (let i = 0; i < 16; i += 1) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
    text += HEX[source[offset + i] ?? 0];
  }
  return text;
}

/** '0'–'9' are 0x30–0x39; letters of either case have their value in the low bits, less 9. */
function nibble(code: number): number {
  return code < 0x40 ? code & 0xf : (code & 0xf) + 9;
}
