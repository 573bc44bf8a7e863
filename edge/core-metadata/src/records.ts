import {
  API_VERSION,
  type AutoEvent,
  Device,
  DeviceCommand,
  DeviceProfile,
  DeviceResource,
  DeviceService,
  normalizeProfile,
  ProvisionWatcher,
  type TSchema,
} from "@jx/contracts";

/**
 * Requests → records as EdgeX stores and prints them: keys the DTO does not know are dropped, empty texts and lists that
 * Go omits are left out, and what Go always prints is there (edgex-behaviour.md §1.1; go-mod-core-contracts v4 dtos).
 * Stamps and ids are set by the caller.
 */
export function deviceRecord(input: Device): Device {
  const { protocols, properties, autoEvents, location, ...rest } = prune(Device, input);
  return {
    ...omitEmpty({ ...rest, autoEvents: autoEvents?.map(autoEventRecord) }),
    // Of any type, so that Go leaves out only what is not there.
    ...(location === undefined || location === null ? {} : { location }),
    protocols,
    properties: properties ?? {},
  } as Device;
}

function autoEventRecord({ interval, onChange, onChangeThreshold, sourceName, retention }: AutoEvent): AutoEvent {
  return {
    interval,
    onChange: onChange ?? false,
    onChangeThreshold: onChangeThreshold ?? 0,
    sourceName,
    retention: { maxCap: 0, minCap: 0, duration: "", ...retention },
  };
}

export function profileRecord(input: DeviceProfile): DeviceProfile {
  const { linkedDeviceCount: _, ...rest } = prune(DeviceProfile, normalizeProfile(input));
  const { deviceResources, deviceCommands, apiVersion, ...head } = rest;
  return {
    ...omitEmpty(head),
    deviceResources: (deviceResources ?? []).map(resourceRecord),
    deviceCommands: (deviceCommands ?? []).map(commandRecord),
    apiVersion: apiVersion ?? API_VERSION,
  } as DeviceProfile;
}

export function resourceRecord(input: DeviceResource): DeviceResource {
  const { name, isHidden = false, properties, ...rest } = prune(DeviceResource, input);
  return { name, isHidden, properties: omitEmpty(properties), ...omitEmpty(rest) } as DeviceResource;
}

export function commandRecord(input: DeviceCommand): DeviceCommand {
  const { name, isHidden = false, readWrite, resourceOperations, ...rest } = prune(DeviceCommand, input);
  return {
    name,
    isHidden,
    readWrite,
    resourceOperations: resourceOperations.map(omitEmpty),
    ...omitEmpty(rest),
  } as DeviceCommand;
}

/** A profile with other basic info: absent and null leave a field alone. */
export function profileHead(
  profile: DeviceProfile,
  patch: Partial<Record<keyof DeviceProfile, unknown>>,
): DeviceProfile {
  const { deviceResources, deviceCommands, apiVersion, ...head } = profile;
  const given = Object.entries(patch).filter(([, value]) => value !== undefined && value !== null);
  return {
    ...omitEmpty({ ...head, ...Object.fromEntries(given) }),
    deviceResources,
    deviceCommands,
    apiVersion,
  } as DeviceProfile;
}

export function serviceRecord(input: DeviceService): DeviceService {
  const { properties, ...rest } = prune(DeviceService, input);
  return { ...omitEmpty(rest), properties: properties ?? {} } as DeviceService;
}

export function watcherRecord(input: ProvisionWatcher): ProvisionWatcher {
  const { identifiers, discoveredDevice, ...rest } = prune(ProvisionWatcher, input);
  const { profileName, adminState, autoEvents = [], properties } = discoveredDevice;
  return {
    ...omitEmpty(rest),
    identifiers,
    discoveredDevice: {
      profileName: profileName ?? "",
      adminState,
      ...(autoEvents.length === 0 ? {} : { autoEvents: autoEvents.map(autoEventRecord) }),
      properties: properties ?? {},
    },
  } as ProvisionWatcher;
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
