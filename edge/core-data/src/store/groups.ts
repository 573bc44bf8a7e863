import { compareGroups, type Group } from "./aggregate.ts";

/** A row of `series`, as far as it says what its readings are aggregated with. */
export interface GroupedSeries extends Group {
  readonly id: bigint;
}

/** A group and the rows of `series` that belong to it: one for each combination of units, media type and tags. */
export interface Member extends Group {
  readonly ids: readonly bigint[];
}

/** In the order of compareGroups. */
export function groupsOf(series: readonly GroupedSeries[]): readonly Member[] {
  const groups = new Map<string, Group & { readonly ids: bigint[] }>();
  for (const { id, deviceName, profileName, resourceName, valueType } of series) {
    const name = JSON.stringify([deviceName, resourceName, profileName, valueType]);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, { deviceName, profileName, resourceName, valueType, ids: [id] });
    else known.ids.push(id);
  }
  return [...groups.values()].sort(compareGroups);
}
