import { AppError } from "@jx/kit";

/**
 * What of a command's query is meant for the driver: all but ds-*, sorted, percent-encoded ("a=1&b=2"); EdgeX calls it
 * urlRawQuery.
 * @throws AppError ContractInvalid when an escape is broken, in EdgeX's words (device-sdk-go internal/controller/http/command.go)
 */
export function driverQuery(rawQuery = ""): string {
  if (rawQuery === "") return "";
  const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(rawQuery)?.[0];
  if (bad !== undefined) {
    const text = `failed to parse query parameter -> invalid URL escape ${JSON.stringify(bad)}`;
    throw new AppError("ContractInvalid", text, { code: "query" });
  }
  const query = new URLSearchParams(rawQuery);
  for (const key of new Set(query.keys())) if (key.startsWith("ds-")) query.delete(key);
  query.sort();
  return query.toString();
}
