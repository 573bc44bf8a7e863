import type { DatabaseSync } from "node:sqlite";
import { isNumeric, type Reading, requireValueType } from "@jx/contracts";
import { sqlToInt, sqlToInt64, sqlToText } from "@jx/stores";
import { type AggregateFunction, aggregated, type Group } from "../aggregate.ts";
import type { Page } from "../event-store.ts";
import { type GroupedSeries, groupsOf, type Member } from "../groups.ts";
import { type Tally, tallyOf } from "../tally.ts";
import { BUCKET_SQL, type Bucket, bucketReader } from "./bucket.ts";
import type { Selection } from "./newest.ts";

/** Walks the rows of each group over the index of buckets and series; groups that the page does not show are not read. */
export function aggregator(
  db: DatabaseSync,
): (selection: Selection, func: AggregateFunction, page: Page) => readonly Reading[] {
  const buckets = bucketReader(db);
  const allSeries = db.prepare("SELECT id, device, profile, resource, value_type FROM series");
  const within = `FROM reading WHERE ${BUCKET_SQL} = ? AND series = ? AND origin BETWEEN ? AND ?`;
  const anyRow = db.prepare(`SELECT 1 ${within} LIMIT 1`);
  const countValues = db.prepare(`SELECT count(value) AS n ${within}`);
  // SQL's own sum() overflows, and rounds; it also knows nothing of the text forms of NaN and the shifted Uint64.
  let tally: Tally | undefined;
  db.aggregate("jx_tally", {
    start: 0,
    useBigIntArguments: true,
    step(zero: number, value: unknown) {
      tally?.add(value);
      return zero;
    },
  });
  const tallyValues = db.prepare(`SELECT jx_tally(value) ${within}`);

  const result = (group: Member, func: AggregateFunction, where: readonly Bucket[], { start, end }: Selection) => {
    const eachKey = (visit: (bucket: bigint, key: bigint) => void): void => {
      for (const { id } of where) for (const key of group.ids) visit(id, key);
    };
    if (func === "COUNT") {
      let count = 0;
      if (isNumeric(group.valueType)) {
        eachKey((bucket, key) => {
          count += sqlToInt(countValues.get(bucket, key, start, end)?.n);
        });
      }
      return String(count);
    }
    tally = tallyOf(func, group.valueType);
    if (tally === undefined) return undefined;
    eachKey((bucket, key) => void tallyValues.get(bucket, key, start, end));
    return tally.result();
  };

  return (selection, func, page) => {
    const { keys, start, end } = selection;
    const where = buckets(start, end);
    const found: Reading[] = [];
    let skip = Math.max(0, page.offset);
    for (const group of groupsOf(seriesOf(allSeries.all(), keys))) {
      if (found.length >= page.limit) break;
      const has = where.some(({ id }) => group.ids.some((key) => anyRow.get(id, key, start, end) !== undefined));
      if (!has) continue;
      if (skip > 0) skip -= 1;
      else found.push(aggregated(facts(group), func, result(group, func, where, selection)));
    }
    return found;
  };
}

function seriesOf(rows: readonly Record<string, unknown>[], keys: readonly bigint[] | undefined): GroupedSeries[] {
  const wanted = keys === undefined ? undefined : new Set(keys);
  return rows
    .filter((row) => wanted?.has(sqlToInt64(row.id)) !== false)
    .map((row) => {
      const deviceName = sqlToText(row.device);
      const resourceName = sqlToText(row.resource);
      const valueType = requireValueType(sqlToText(row.value_type), `series ${deviceName}/${resourceName}`);
      return { id: sqlToInt64(row.id), deviceName, profileName: sqlToText(row.profile), resourceName, valueType };
    });
}

function facts({ ids: _, ...group }: Member): Group {
  return group;
}
