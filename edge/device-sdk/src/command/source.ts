import { compileSourcePattern, PatternWork } from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { EventSource } from "../event.ts";
import { type BoundDevice, type BoundResource, tagsOf } from "../registry/bind.ts";

/** What a name in a command means for one device. */
export interface Source extends EventSource {
  readonly kind: "DeviceResource" | "DeviceCommand" | "Regex DeviceResource(s)";
  readonly resources: readonly BoundResource[];
}

/**
 * Device command by name, else resource by name, else every readable resource that the pattern matches whole.
 * Texts and order as device-sdk-go's internal/application/command.go; a resource whose exact name was asked for wins
 * over the name read as a pattern, so that "温度(1)" can be read.
 */
export function readSource(bound: BoundDevice, name: string, regex: boolean, maxOperations: number): Source {
  const command = bound.commands.get(name);
  if (command !== undefined) {
    if (command.readWrite === "W") throw writeOnly("DeviceCommand", name);
    const resources = commandResources(bound, name, "GET", maxOperations).map(({ resource }) => resource);
    return { name, kind: "DeviceCommand", resources, tags: tagsOf(command.tags) };
  }
  const exact = bound.resources.get(name);
  if (!regex) {
    if (exact === undefined) throw new AppError("NotFound", `DeviceResource ${name} not found`);
    if (!readable(exact)) throw writeOnly("DeviceResource", name);
    return { name, kind: "DeviceResource", resources: [exact], tags: undefined };
  }
  const matched = exact === undefined ? matching(bound, name) : [exact];
  if (matched.length === 0) throw new AppError("NotFound", `Regex DeviceResource ${name} not found`);
  const resources = matched.filter(readable);
  if (resources.length === 0) throw new AppError("NotAllowed", `no readable resources matched with ${name}`);
  if (exact === undefined && resources.length > maxOperations) throw tooMany("GET", name, bound, maxOperations);
  return { name, kind: "Regex DeviceResource(s)", resources, tags: undefined };
}

/** One value of a write: the resource, and what the operation of a device command adds. */
export interface WriteOperation {
  readonly resource: BoundResource;
  readonly defaultValue: string | undefined;
  readonly mappings: Readonly<Record<string, string>> | undefined;
}

export interface WriteTarget extends EventSource {
  readonly kind: "DeviceResource" | "DeviceCommand";
  readonly operations: readonly WriteOperation[];
  /** What may be read back is published after the write. */
  readonly readable: boolean;
}

export function writeTarget(bound: BoundDevice, name: string, maxOperations: number): WriteTarget {
  const command = bound.commands.get(name);
  if (command !== undefined) {
    if (command.readWrite === "R") throw readOnly("DeviceCommand", name);
    const operations = commandResources(bound, name, "SET", maxOperations);
    const tags = tagsOf(command.tags);
    return { name, kind: "DeviceCommand", operations, readable: command.readWrite !== "W", tags };
  }
  const resource = bound.resources.get(name);
  if (resource === undefined) throw new AppError("NotFound", `DeviceResource ${name} not found`);
  if (resource.resource.properties.readWrite === "R") throw readOnly("DeviceResource", name);
  return {
    name,
    kind: "DeviceResource",
    operations: [{ resource, defaultValue: undefined, mappings: undefined }],
    readable: readable(resource),
    tags: undefined,
  };
}

/** EdgeX lets a command use its resources whatever their own readWrite says. */
function commandResources(
  bound: BoundDevice,
  name: string,
  method: "GET" | "SET",
  maxOperations: number,
): readonly WriteOperation[] {
  const operations = bound.commands.get(name)?.resourceOperations ?? [];
  if (operations.length > maxOperations) throw tooMany(method, name, bound, maxOperations);
  return operations.map(({ deviceResource, defaultValue, mappings }) => {
    const resource = bound.resources.get(deviceResource);
    if (resource === undefined) {
      throw new AppError(
        "ServerError",
        `DeviceResource ${deviceResource} in ${method} command ${name} for ${bound.device.name} not defined`,
      );
    }
    return { resource, defaultValue, mappings };
  });
}

function matching(bound: BoundDevice, name: string): readonly BoundResource[] {
  if (!/[\\^$.[\]|()*+?{}]/.test(name)) return [];
  const matches = compileSourcePattern(name);
  if (matches === undefined) {
    throw new AppError("ContractInvalid", `failed to CompilePOSIX resource name -> error parsing regexp: \`${name}\``);
  }
  const work = new PatternWork();
  return [...bound.resources.values()].filter((resource) => matches(resource.name, work));
}

function readable({ resource }: BoundResource): boolean {
  return resource.properties.readWrite !== "W";
}

function writeOnly(kind: string, name: string): AppError {
  return new AppError("NotAllowed", `${kind} ${name} is marked as write-only`);
}

function readOnly(kind: string, name: string): AppError {
  return new AppError("NotAllowed", `${kind} ${name} is marked as read-only`);
}

function tooMany(method: string, name: string, bound: BoundDevice, max: number): AppError {
  return new AppError("ServerError", `${method} command ${name} exceed device ${bound.device.name} MaxCmdOps (${max})`);
}
