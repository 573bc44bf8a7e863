type Tags = Readonly<Record<string, unknown>>;

/** Maps are merged to any depth, everything else is replaced (go-mod-core-contracts dtos/requests/deviceprofiletags.go). */
export function mergeTags(tags: Tags, more: Tags): Tags {
  const merged = new Map(Object.entries(tags));
  for (const [key, value] of Object.entries(more)) {
    const old = merged.get(key);
    merged.set(key, isMap(old) && isMap(value) ? mergeTags(old, value) : value);
  }
  return Object.fromEntries(merged);
}

function isMap(value: unknown): value is Tags {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
