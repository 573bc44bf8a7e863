/**
 * Names inside topics and paths when EnableNameFieldEscape is on: Go's url.PathEscape plus `+ - . _ ~`, so that
 * "device-virtual" travels as "device%2Dvirtual". Source: go-mod-core-contracts common/utils.go URLEncode.
 */
export function escapeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/[-._~!'()*]|%24|%26|%3A|%3D|%40/g, (c) => MORE[c] ?? c);
}

/** What encodeURIComponent and Go's PathEscape plus URLEncode do differently. */
const MORE: Readonly<Record<string, string>> = {
  "-": "%2D",
  ".": "%2E",
  _: "%5F",
  "~": "%7E",
  "!": "%21",
  "'": "%27",
  "(": "%28",
  ")": "%29",
  "*": "%2A",
  "%24": "$",
  "%26": "&",
  "%3A": ":",
  "%3D": "=",
  "%40": "@",
};

/** Undoes escapeName; a name that was never escaped, or badly so, comes back as it is. */
export function unescapeName(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
