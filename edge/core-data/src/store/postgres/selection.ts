import { bigintArray, postgresToText, type Sql, sqlToInt, sqlToInt64, textArray, textToPostgres } from "@jx/stores";
import type { EventFilter, ReadingFilter, SourceName, TimeRange } from "../event-store.ts";
import { type Span, spanOf } from "../time-range.ts";

/** Rows of these keys (sources or series; all rows when undefined) with origin in the span. */
export interface Selection extends Span {
  readonly table: "event" | "reading";
  readonly keys: readonly bigint[] | undefined;
}

const KEY = { event: "source", reading: "series" } as const;

export async function selectEvents(sql: Sql, filter: EventFilter): Promise<Selection> {
  const { deviceName, sourceName } = filter;
  const names = [
    ["device", deviceName],
    ["name", sourceName === undefined ? undefined : [sourceName]],
  ] as const;
  return { table: "event", keys: await keysOf(sql, "source", names), ...spanOf(filter) };
}

export async function selectReadings(sql: Sql, filter: ReadingFilter): Promise<Selection> {
  const names = [
    ["device", filter.deviceName],
    ["resource", filter.resourceNames],
  ] as const;
  return { table: "reading", keys: await keysOf(sql, "series", names), ...spanOf(filter) };
}

type Name = readonly [column: string, wanted: string | readonly string[] | undefined];

async function keysOf(
  sql: Sql,
  table: "source" | "series",
  names: readonly Name[],
): Promise<readonly bigint[] | undefined> {
  const given = names.filter(([, wanted]) => wanted !== undefined);
  if (given.length === 0) return undefined;
  const where = given.map(([column], i) => `${column} = ANY($${i + 1}::text[])`).join(" AND ");
  const values = given.map(([, wanted = []]) => textArray([wanted].flat().map(textToPostgres)));
  return (await sql(`SELECT id FROM ${table} WHERE ${where}`, values)).map((row) => sqlToInt64(row["id"]));
}

export async function countOf(sql: Sql, { table, keys, start, end }: Selection): Promise<number> {
  const within = "origin BETWEEN $1::bigint AND $2::bigint";
  const [row] =
    keys === undefined
      ? await sql(`SELECT count(*) AS n FROM ${table} WHERE ${within}`, [start, end])
      : await sql(`SELECT count(*) AS n FROM ${table} WHERE ${within} AND ${KEY[table]} = ANY($3::bigint[])`, [
          start,
          end,
          bigintArray(keys),
        ]);
  return sqlToInt(row?.["n"]);
}

/**
 * Numbers of the selected rows, newest first, from `offset` on, at most `limit`. Of several keys each is read over its own
 * part of the index, as far as the page may reach; the server would sort all rows of them otherwise.
 */
export async function pageOf(
  sql: Sql,
  selection: Selection,
  offset: number,
  limit: number,
): Promise<readonly bigint[]> {
  const { table, keys, start, end } = selection;
  const within = "origin BETWEEN $1::bigint AND $2::bigint";
  const order = "ORDER BY origin DESC, seq DESC";
  const rows =
    keys === undefined
      ? await sql(`SELECT seq FROM ${table} WHERE ${within} ${order} LIMIT $3::bigint OFFSET $4::bigint`, [
          start,
          end,
          limit,
          offset,
        ])
      : await sql(
          `SELECT found.seq FROM unnest($5::bigint[]) AS k(key) CROSS JOIN LATERAL (
            SELECT origin, seq FROM ${table} WHERE ${KEY[table]} = k.key AND ${within} ${order} LIMIT $3::bigint + $4::bigint
          ) AS found ORDER BY found.origin DESC, found.seq DESC LIMIT $3::bigint OFFSET $4::bigint`,
          [start, end, limit, offset, bigintArray(keys)],
        );
  return rows.map((row) => sqlToInt64(row["seq"]));
}

/** Each pair of device and source that has an event in the range: a look into the index for each source. */
export async function sourcesIn(sql: Sql, range: TimeRange): Promise<readonly SourceName[]> {
  const { start, end } = spanOf(range);
  const rows = await sql(
    `SELECT DISTINCT device, name FROM source
     WHERE EXISTS (SELECT 1 FROM event e WHERE e.source = source.id AND origin BETWEEN $1::bigint AND $2::bigint)`,
    [start, end],
  );
  return rows.map((row) => ({ deviceName: postgresToText(row["device"]), sourceName: postgresToText(row["name"]) }));
}
