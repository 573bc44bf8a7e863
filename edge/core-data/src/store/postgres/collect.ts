import type { Event, Reading } from "@jx/contracts";
import { bigintArray, type PostgresRow, postgresToText, type Sql, sqlToBytes, sqlToInt, sqlToInt64 } from "@jx/stores";
import { EventBuilder, MAX_PAGE_BYTES, ReadingBuilder, tooManyBytes, type ValueBuilder } from "../column-builder.ts";
import type { SeriesEntry, SourceEntry } from "../columns.ts";
import { decodeEvents, decodeReadings } from "../decode.ts";
import { writeUuid } from "../uuid.ts";

const EVENTS = `SELECT e.seq, e.id, e.source, e.origin, e.readings
  FROM unnest($1::bigint[]) WITH ORDINALITY AS k(seq, n) JOIN event e USING (seq) ORDER BY n`;
/** `size` grows from row to row, so that the server sends no more than a page may hold. */
const READINGS = `SELECT series, origin, int, float, text, bytes FROM (
    SELECT r.*, k.n, sum(coalesce(octet_length(r.text), 0) + coalesce(octet_length(r.bytes), 0))
      OVER (ORDER BY k.n, r.seq ROWS UNBOUNDED PRECEDING) AS size
    FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS k(first, count, n)
    JOIN reading r ON r.seq >= k.first AND r.seq < k.first + k.count
  ) AS found WHERE size <= ${MAX_PAGE_BYTES} ORDER BY n, seq`;

/** The events of these numbers, in this order. */
export async function collectEvents(sql: Sql, seqs: readonly bigint[]): Promise<Event[]> {
  if (seqs.length === 0) return [];
  const rows = await sql(EVENTS, [bigintArray(seqs)]);
  const counts = rows.map((row) => sqlToInt(row["readings"]));
  const into = new EventBuilder(Number.POSITIVE_INFINITY);
  const series = await fill(sql, into.readings, seqs, counts);
  for (const [i, row] of rows.entries()) {
    const id = (target: Uint8Array, offset: number): void => writeUuid(String(row["id"]), target, offset);
    into.add(id, sqlToInt(row["source"]), sqlToInt64(row["origin"]), counts[i] ?? 0);
  }
  const sources = (await byId(sql, "source", rows, "source")).map(sourceEntry);
  return decodeEvents(into.finish(), sources, series);
}

/** The readings of these numbers, in this order. */
export async function collectReadings(sql: Sql, seqs: readonly bigint[]): Promise<Reading[]> {
  if (seqs.length === 0) return [];
  const into = new ReadingBuilder(Number.POSITIVE_INFINITY);
  const series = await fill(
    sql,
    into,
    seqs,
    seqs.map(() => 1),
  );
  return decodeReadings(into.finish(), series);
}

/** Adds, for each number, so many readings from there on; gives their series. */
async function fill(
  sql: Sql,
  into: ReadingBuilder,
  firsts: readonly bigint[],
  counts: readonly number[],
): Promise<SeriesEntry[]> {
  const rows = await sql(READINGS, [bigintArray(firsts), bigintArray(counts.map(BigInt))]);
  if (rows.length < counts.reduce((sum, count) => sum + count, 0)) {
    throw tooManyBytes(MAX_PAGE_BYTES);
  }
  for (const row of rows) {
    addValue(row, into.values);
    into.add(sqlToInt(row["series"]), sqlToInt64(row["origin"]));
  }
  return (await byId(sql, "series", rows, "series")).map(seriesEntry);
}

function addValue(row: PostgresRow, into: ValueBuilder): void {
  const { int, float, text, bytes } = row;
  if (int !== null) addInteger(sqlToInt64(int), into);
  else if (float !== null) into.real(Number(float));
  else if (text !== null) into.text(postgresToText(text));
  else if (bytes !== null) into.bytes(sqlToBytes(bytes));
  else into.null();
}

function addInteger(value: bigint, into: ValueBuilder): void {
  const narrow = Number(value);
  if (Number.isSafeInteger(narrow)) into.small(narrow);
  else into.wide(value);
}

/** The entries that `rows` name in `column`. */
function byId(sql: Sql, table: string, rows: readonly PostgresRow[], column: string): Promise<readonly PostgresRow[]> {
  const ids = [...new Set(rows.map((row) => sqlToInt64(row[column])))];
  return sql(`SELECT * FROM ${table} WHERE id = ANY($1::bigint[])`, [bigintArray(ids)]);
}

export function seriesEntry(row: PostgresRow): SeriesEntry {
  const text = (name: string): string => postgresToText(row[name]);
  return {
    id: sqlToInt(row["id"]),
    deviceName: text("device"),
    profileName: text("profile"),
    resourceName: text("resource"),
    valueType: text("value_type"),
    units: text("units"),
    mediaType: text("media_type"),
    tags: text("tags"),
  };
}

function sourceEntry(row: PostgresRow): SourceEntry {
  const text = (name: string): string => postgresToText(row[name]);
  return {
    id: sqlToInt(row["id"]),
    deviceName: text("device"),
    profileName: text("profile"),
    sourceName: text("name"),
    tags: text("tags"),
  };
}
