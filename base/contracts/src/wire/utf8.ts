/** Text ↔ UTF-8 bytes. Every host has these two; contracts itself knows neither Node nor the DOM. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Malformed bytes become U+FFFD, as Go's encoding/json does it. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
