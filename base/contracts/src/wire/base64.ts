/** Base64 with padding (RFC 4648 §4), as Go's StdEncoding writes []byte. Both hosts, Node and the browser, have these two. */
declare const btoa: (binary: string) => string;
declare const atob: (base64: string) => string;

/** How many bytes become one argument list of String.fromCharCode. */
const CHUNK = 8192;

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  }
  return btoa(binary);
}

/** undefined when the text is no base64. Line breaks are skipped, padding is required: both as Go does it. */
export function fromBase64(text: string): Uint8Array | undefined {
  const compact = text.includes("\n") || text.includes("\r") ? text.replace(/[\r\n]/g, "") : text;
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  const binary = atob(compact);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
