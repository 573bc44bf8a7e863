import { Device, DeviceProfile, DeviceService, normalizeProfile, type TSchema } from "@jx/contracts";

/**
 * Requests → records as EdgeX stores and prints them: keys the DTO does not know are dropped, and so are empty texts and
 * lists that Go omits (edgex-behaviour.md §1.1). Stamps and ids are set by the caller.
 */
export function deviceRecord(input: Device): Device {
  const { protocols, properties, ...rest } = prune(Device, input);
  return { ...omitEmpty(rest), protocols, properties: properties ?? {} } as Device;
}

export function profileRecord(input: DeviceProfile): DeviceProfile {
  const { linkedDeviceCount: _, ...rest } = prune(DeviceProfile, normalizeProfile(input));
  const { deviceResources, deviceCommands, ...head } = rest;
  return {
    ...omitEmpty(head),
    deviceResources: deviceResources ?? [],
    deviceCommands: deviceCommands ?? [],
  } as DeviceProfile;
}

export function serviceRecord(input: DeviceService): DeviceService {
  return omitEmpty(prune(DeviceService, input)) as DeviceService;
}

/** Without stamps, as before it was stored. */
export function withoutStamps<T extends { id?: string; created?: number; modified?: number }>(record: T): T {
  const { id: _id, created: _created, modified: _modified, ...rest } = record;
  return rest as T;
}

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
}

/** Keeps what the schema knows; maps with free keys stay as they are. */
function prune<T>(schema: TSchema, value: T): T {
  const node = schema as Node;
  if (Array.isArray(value)) {
    const { items } = node;
    return items === undefined ? value : (value.map((item) => prune(items, item)) as T);
  }
  if (node.properties === undefined || typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(node.properties)) {
    const inner = (value as Record<string, unknown>)[name];
    if (inner !== undefined) out[name] = prune(property, inner);
  }
  return out as T;
}

/** Go's `omitempty`, for the top level of a record. */
function omitEmpty(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === "" || value === null || value === undefined) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
