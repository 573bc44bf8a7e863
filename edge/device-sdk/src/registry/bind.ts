import {
  type Device,
  type DeviceCommand,
  type DeviceProfile,
  type DeviceResource,
  type JsonValue,
  requireValueType,
  type Tags,
} from "@jx/contracts";
import { AppError, toAppError } from "@jx/kit";
import type { AnyDriver, AnyResource } from "../driver.ts";
import { coerceObject } from "./coerce.ts";

/** A resource of a device, ready for use; `problem` says why the driver cannot use it. */
export interface BoundResource extends AnyResource {
  readonly problem?: AppError;
  /** Read mapping: EdgeX uses the first operation of any command that names the resource, direct reads included. */
  readonly mappings: Readonly<Record<string, string>> | undefined;
  readonly tags: Tags | undefined;
}

/** What a device's protocol properties mean to one driver. */
export interface Binding {
  readonly driver: AnyDriver;
  readonly properties: unknown;
  /** Devices with the same key share one connection. */
  readonly connectionKey: string;
  /** Milliseconds for one exchange; undefined: as the service is configured. */
  readonly timeoutMs: number | undefined;
}

/** A device with everything that its commands need, worked out once after each change in metadata. */
export interface BoundDevice {
  readonly device: Device;
  readonly profile: DeviceProfile | undefined;
  /** An error when the protocol properties are wrong: every command then answers with it. */
  readonly binding: Binding | AppError;
  readonly resources: ReadonlyMap<string, BoundResource>;
  readonly commands: ReadonlyMap<string, DeviceCommand>;
  readonly tags: Tags | undefined;
}

export function bindDevice(
  device: Device,
  profile: DeviceProfile | undefined,
  drivers: readonly AnyDriver[],
): BoundDevice {
  const binding = attempt(() => bindProtocol(device, drivers));
  const mappings = readMappings(profile?.deviceCommands ?? []);
  const resources = new Map<string, BoundResource>();
  for (const resource of profile?.deviceResources ?? []) {
    resources.set(resource.name, bindResource(resource, binding, mappings.get(resource.name)));
  }
  const commands = new Map((profile?.deviceCommands ?? []).map((command) => [command.name, command]));
  return { device, profile, binding, resources, commands, tags: tagsOf(device.tags) };
}

/** Throws ContractInvalid naming the device, the protocol and the property. */
export function bindProtocol(device: Device, drivers: readonly AnyDriver[]): Binding {
  const driver = drivers.find(({ protocol }) => protocol in device.protocols);
  if (driver === undefined) {
    const found = Object.keys(device.protocols).join(", ") || "none";
    const known = drivers.map(({ protocol }) => protocol).join(" or ");
    throw new AppError("ContractInvalid", `device ${device.name} needs protocol ${known}; it has ${found}`);
  }
  const path = `device ${device.name}: protocols.${driver.protocol}`;
  const properties = coerceObject(driver.protocolSchema, device.protocols[driver.protocol] ?? {}, path);
  try {
    const connectionKey = `${driver.protocol} ${driver.sessionKey(properties)}`;
    return { driver, properties, connectionKey, timeoutMs: driver.timeoutMs?.(properties) };
  } catch (error) {
    throw new AppError("ContractInvalid", `${path}: ${toAppError(error).message}`, { cause: error });
  }
}

function bindResource(
  resource: DeviceResource,
  binding: Binding | AppError,
  mappings: Readonly<Record<string, string>> | undefined,
): BoundResource {
  const { name } = resource;
  const base = { name, resource, mappings, tags: tagsOf(resource.tags) };
  const where = `resource ${name}`;
  const valueType = attempt(() => requireValueType(resource.properties.valueType, where));
  if (valueType instanceof AppError) return { ...base, valueType: "String", attributes: {}, problem: valueType };
  if (binding instanceof AppError) return { ...base, valueType, attributes: {}, problem: binding };
  const { driver, properties } = binding;
  const bound = attempt((): BoundResource => {
    const attributes = coerceObject(driver.attributeSchema, resource.attributes ?? {}, `${where}: attributes`);
    const usable = { ...base, valueType, attributes };
    driver.checkResource?.(usable, properties);
    return usable;
  });
  return bound instanceof AppError ? { ...base, valueType, attributes: {}, problem: bound } : bound;
}

function readMappings(commands: readonly DeviceCommand[]): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const first = new Map<string, Readonly<Record<string, string>>>();
  for (const { resourceOperations } of commands) {
    for (const { deviceResource, mappings } of resourceOperations) {
      if (!first.has(deviceResource)) first.set(deviceResource, mappings ?? {});
    }
  }
  return first;
}

export function tagsOf(tags: Readonly<Record<string, unknown>> | undefined): Tags | undefined {
  return tags === undefined || Object.keys(tags).length === 0 ? undefined : (tags as Record<string, JsonValue>);
}

function attempt<T>(work: () => T): T | AppError {
  try {
    return work();
  } catch (error) {
    return toAppError(error, "ContractInvalid");
  }
}
