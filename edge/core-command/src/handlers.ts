import {
  type CallContext,
  type Client,
  type CommandOperations,
  type DeviceOperations,
  type DeviceProfile,
  type DeviceService,
  deviceOperations,
  type Handlers,
  type MetadataOperations,
  rowsAtMost,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { Clients } from "@jx/runtime";
import { deviceCoreCommand } from "./listing.ts";
import { fromGet, fromMetadata, fromSet } from "./upstream.ts";

export interface CommandDeps {
  readonly metadata: Client<MetadataOperations>;
  readonly clients: Pick<Clients, "at">;
  /** Where callers reach core command. */
  readonly baseAddress: string;
  /** Devices of one list at most. */
  readonly maxResults: () => number;
}

export function commandHandlers(deps: CommandDeps): Handlers<CommandOperations> {
  const { metadata, baseAddress } = deps;
  return {
    async allCommands({ offset, limit }, call) {
      rowsAtMost(limit, deps.maxResults());
      const context = own(call);
      const { devices, totalCount } = await fromMetadata(metadata.allDevices({ offset, limit }, context));
      const profiles = new Map<string, DeviceProfile>();
      const listed = [];
      for (const device of devices) {
        const name = device.profileName ?? "";
        if (name === "") continue;
        const profile = profiles.get(name) ?? (await profileOf(metadata, name, context));
        profiles.set(name, profile);
        listed.push(deviceCoreCommand(device, profile, baseAddress));
      }
      // Devices without a profile are counted, though not listed; an empty Go slice is null.
      return { totalCount, deviceCoreCommands: listed.length === 0 ? null : listed };
    },
    async commandsByDevice({ name }, context) {
      const { device } = await fromMetadata(metadata.deviceByName({ name }, own(context)));
      const profile = await profileOf(metadata, device.profileName ?? "", own(context));
      return { deviceCoreCommand: deviceCoreCommand(device, profile, baseAddress) };
    },
    async get(input, context) {
      for (const key of ["ds-returnevent", "ds-pushevent"] as const) {
        const value = input[key];
        if (value === "true" || value === "false") continue;
        throw new AppError("ContractInvalid", `invalid query parameter, ${value} has to be true or false`);
      }
      return fromGet((await deviceClient(deps, input.name, context)).get(input, context));
    },
    async set(input, context) {
      return fromSet((await deviceClient(deps, input.name, context)).set(input, context));
    },
  };
}

/** For our own questions to metadata: the caller's query keys are meant for the driver. */
function own({ rawQuery: _, ...context }: CallContext): CallContext {
  return context;
}

async function profileOf(
  metadata: Client<MetadataOperations>,
  name: string,
  context: CallContext,
): Promise<DeviceProfile> {
  // EdgeX asks for the profile "" then, which no route answers.
  if (name === "") throw new AppError("NotFound", "request failed, status code: 404, err: Not Found");
  return (await fromMetadata(metadata.profileByName({ name }, context))).profile;
}

/** A client of the service that owns the device; only it judges locks and states. */
export async function deviceClient(
  deps: CommandDeps,
  name: string,
  call: CallContext,
): Promise<Client<DeviceOperations>> {
  const service = await serviceOfDevice(deps, name, call);
  return deps.clients.at(service.name, service.baseAddress, deviceOperations);
}

/** The service that owns the device, as metadata knows it. */
export async function serviceOfDevice(deps: CommandDeps, name: string, call: CallContext): Promise<DeviceService> {
  const context = own(call);
  const { device } = await fromMetadata(deps.metadata.deviceByName({ name }, context));
  return (await fromMetadata(deps.metadata.serviceByName({ name: device.serviceName }, context))).service;
}
