import type { Told } from "@jx/kit";
import { describeAddress, type PostgresAddress } from "./address.ts";
import { connectPatiently } from "./connect.ts";
import { checkServer } from "./server-check.ts";
import { sqlOf } from "./sql.ts";

export interface InspectOptions {
  /** How long a server that does not answer is waited for, ms. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: (told: Told) => void;
}

/**
 * Looks whether a server may be used, before anything is opened on it; gives its address without the password, and its
 * version.
 * @throws AppError Storage, see checkServer and postgresError
 */
export async function inspectPostgres(
  address: PostgresAddress,
  options: InspectOptions,
): Promise<{ readonly address: string; readonly version: string }> {
  const client = await connectPatiently({ address, applicationName: "jx-edge, looking", schema: "public" }, options);
  try {
    return { address: describeAddress(address), version: await checkServer(sqlOf(client, address), address) };
  } finally {
    await client.end().catch(() => undefined);
  }
}
