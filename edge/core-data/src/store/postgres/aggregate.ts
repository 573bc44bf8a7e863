import { isNumeric, type Reading, requireValueType, type ValueType } from "@jx/contracts";
import { bigintArray, type Sql, textArray } from "@jx/stores";
import { type AggregateFunction, aggregated } from "../aggregate.ts";
import type { Page } from "../event-store.ts";
import { type GroupedSeries, groupsOf } from "../groups.ts";
import { seriesEntry } from "./collect.ts";
import type { Selection } from "./selection.ts";

/**
 * A value as the decimal that EdgeX writes it as. By way of text, because a direct cast of a double to numeric keeps 15
 * digits only (postgres 15, float8_numeric).
 */
const VALUE = `CASE g.kind WHEN 'Uint64' THEN r.int::numeric + 9223372036854775808
  WHEN 'Float32' THEN r.float::real::text::numeric WHEN 'Float64' THEN r.float::text::numeric ELSE r.int::numeric END`;

/** numeric's division gives 16 digits, a double has 17: shifted, the whole digits are all there. */
const SHIFT = 40;
const RESULT: Readonly<Record<AggregateFunction, string>> = {
  COUNT: `count(${VALUE})`,
  MIN: `min(${VALUE})`,
  MAX: `max(${VALUE})`,
  SUM: `sum(${VALUE})`,
  AVG: `sum(${VALUE}) * 1e${SHIFT} / nullif(count(${VALUE}), 0)`,
};

export async function aggregate(
  sql: Sql,
  selection: Selection,
  func: AggregateFunction,
  page: Page,
): Promise<readonly Reading[]> {
  const from = Math.max(0, page.offset);
  const shown = groupsOf(await seriesWithRows(sql, selection)).slice(from, from + page.limit);
  const results = await resultsOf(sql, selection, func, shown);
  return shown.map(({ ids: _, ...group }, n) => aggregated(group, func, results.get(n)));
}

async function seriesWithRows(sql: Sql, { keys, start, end }: Selection): Promise<GroupedSeries[]> {
  const some = `EXISTS (SELECT 1 FROM reading r WHERE r.series = s.id AND r.origin BETWEEN $1::bigint AND $2::bigint)`;
  const rows =
    keys === undefined
      ? await sql(`SELECT * FROM series s WHERE ${some}`, [start, end])
      : await sql(`SELECT * FROM series s WHERE s.id = ANY($3::bigint[]) AND ${some}`, [start, end, bigintArray(keys)]);
  return rows.map((row) => {
    const { id, deviceName, profileName, resourceName, valueType } = seriesEntry(row);
    const type = requireValueType(valueType, `series ${deviceName}/${resourceName}`);
    return { id: BigInt(id), deviceName, profileName, resourceName, valueType: type };
  });
}

/** Place in `groups` → result; none for those without a value, or of no number type. */
async function resultsOf(
  sql: Sql,
  { start, end }: Selection,
  func: AggregateFunction,
  groups: readonly { readonly ids: readonly bigint[]; readonly valueType: ValueType }[],
): Promise<ReadonlyMap<number, string>> {
  const members = groups.flatMap(({ ids, valueType }, n) =>
    isNumeric(valueType) ? ids.map((id) => ({ id, n: BigInt(n), kind: valueType })) : [],
  );
  if (members.length === 0) return new Map();
  const rows = await sql(
    `SELECT g.n, (${RESULT[func]})::text AS result
     FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS g(series, n, kind) JOIN reading r USING (series)
     WHERE r.origin BETWEEN $4::bigint AND $5::bigint GROUP BY g.n`,
    [
      bigintArray(members.map(({ id }) => id)),
      bigintArray(members.map(({ n }) => n)),
      textArray(members.map(({ kind }) => kind)),
      start,
      end,
    ],
  );
  return new Map(
    rows.flatMap(({ n, result }) =>
      result === null ? [] : [[Number(n), func === "AVG" ? shiftedBack(String(result)) : String(result)]],
    ),
  );
}

function shiftedBack(text: string): string {
  return /\d/.test(text) ? `${text}e-${SHIFT}` : text;
}
