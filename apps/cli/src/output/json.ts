/** JSON for programs: 64-bit integers keep all their digits (as JSON numbers), bytes become base64. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, inner: unknown) => {
      // JSON.rawJSON: ECMAScript proposal "JSON.parse source text access", in V8 since 11.4.
      if (typeof inner === "bigint") return (JSON as unknown as RawJson).rawJSON(String(inner));
      return inner instanceof Uint8Array ? Buffer.from(inner).toString("base64") : inner;
    },
    2,
  );
}

interface RawJson {
  rawJSON(text: string): unknown;
}

/** The same on one line, for streams. */
export function toJsonLine(value: unknown): string {
  return toJson(value).replace(/\n\s*/g, "");
}
