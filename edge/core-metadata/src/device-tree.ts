import type { Device } from "@jx/contracts";

export interface TreeQuery {
  readonly parent: string;
  /** 0 and below: all of them. */
  readonly maxLevels: number;
}

/**
 * The descendants of a device: the children, then each child's own descendants, in the order of `devices`
 * (edgex-behaviour.md §1.1). A device that is not in `devices` hides what hangs below it. Parents may form a loop; a
 * device on the way down to itself does not come again, so that the list ends.
 */
export function descendants(devices: readonly Device[], { parent, maxLevels }: TreeQuery): readonly Device[] {
  const childrenOf = Map.groupBy(devices, (device) => device.parent ?? "");
  const out: Device[] = [];
  const seen = new Set([parent]);
  // A stack instead of calls: a chain may be as long as there are devices.
  const open = [{ name: parent, level: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, level } = next;
    const children = (childrenOf.get(name) ?? []).filter((child) => !seen.has(child.name));
    out.push(...children);
    for (const child of children) seen.add(child.name);
    if (maxLevels > 0 && level >= maxLevels) continue;
    open.push(...children.map((child) => ({ name: child.name, level: level + 1 })).reverse());
  }
  return out;
}
