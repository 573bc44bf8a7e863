import type { CallContext, Device, HandlerInput, Handlers, MetadataOperations } from "@jx/contracts";
import { AppError, parseDurationMs } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { mergeDevice } from "./device-merge.ts";
import { checkDevice, checkRoomForDevice, checkRoomForProfileChange, requireService } from "./device-rules.ts";
import { page, withLabels } from "./page.ts";
import { deviceRecord, withoutStamps } from "./records.ts";

type DeviceOperation =
  | "addDevices"
  | "updateDevices"
  | "allDevices"
  | "deviceByName"
  | "deviceNameExists"
  | "deleteDevice"
  | "devicesByProfile"
  | "devicesByService";

export function deviceHandlers(core: Core): Pick<Handlers<MetadataOperations>, DeviceOperation> {
  const { devices } = core.catalog;
  const list = (rows: readonly Device[], query: { offset: number; limit: number }) => ({
    totalCount: rows.length,
    devices: page(rows, query, core.config.current.Service.MaxResultCount) as Device[],
  });
  return {
    addDevices: (input, context) => eachItem(input.body, ({ device }) => addDevice(core, device, input, context)),
    updateDevices: (input, context) =>
      eachItem(input.body, ({ device }) => updateDevice(core, device, input.bypassValidation, context)),
    allDevices: (input) => list(withLabels(devices.all(), input.labels), input),
    deviceByName: ({ name }) => ({ device: requireDevice(core, name) }),
    deviceNameExists({ name }) {
      // EdgeX answers 404 without a message.
      if (devices.get(name) === undefined) throw new AppError("NotFound", "");
      return {};
    },
    deleteDevice: ({ name }, context) => deleteDevice(core, name, context),
    devicesByProfile: (input) =>
      list(
        devices.all().filter((device) => device.profileName === input.name),
        input,
      ),
    devicesByService: (input) =>
      list(
        devices.all().filter((device) => device.serviceName === input.name),
        input,
      ),
  };
}

function requireDevice(core: Core, name: string): Device {
  const device = core.catalog.devices.get(name);
  if (device === undefined) throw new AppError("NotFound", `no device with name '${name}' found`);
  return device;
}

type AddFlags = Pick<HandlerInput<MetadataOperations["addDevices"]>, "force" | "bypassValidation">;

/** Order of checks as EdgeX's: service → parent, profile, auto events → name → capacity → the service's own check. */
async function addDevice(
  core: Core,
  request: Device,
  flags: AddFlags,
  { correlationId }: CallContext,
): Promise<{ statusCode: number; id: string }> {
  const { catalog } = core;
  const device = deviceRecord(withoutStamps(request));
  const force = flags.force === "true";
  const check = (): Device | undefined => {
    requireService(catalog, device.serviceName);
    checkDevice(catalog, device);
    const existing = catalog.devices.get(device.name);
    if (existing !== undefined && !force) {
      throw new AppError("DuplicateName", `device name ${device.name} already exists`);
    }
    if (existing === undefined) checkRoomForDevice(catalog, device, core.config.current.Writable);
    return existing;
  };
  check();
  if (!force && flags.bypassValidation !== "true") await validate(core, device, correlationId);
  return catalog.exclusive(async () => {
    const existing = check();
    const now = nowMs(core);
    if (existing !== undefined) return replaceDevice(core, existing, device, correlationId);
    const id = request.id === undefined || request.id === "" ? core.newId() : request.id;
    if (catalog.devices.byId(id) !== undefined) throw new AppError("DuplicateName", `device id ${id} already exists`);
    const stored = await catalog.put("device", { created: now, modified: now, id, ...device });
    core.events.device("add", stored, [stored.serviceName], correlationId);
    return { statusCode: 201, id };
  });
}

/** force on a taken name: everything is replaced but id and created. */
async function replaceDevice(
  core: Core,
  existing: Device,
  device: Device,
  correlationId: string,
): Promise<{ statusCode: number; id: string }> {
  const id = existing.id ?? core.newId();
  const kept = { ...(existing.created === undefined ? {} : { created: existing.created }), id };
  checkRoomForProfileChange(core.catalog, existing.profileName, device.profileName, core.config.current.Writable);
  await core.catalog.put("device", { ...device, ...kept, modified: nowMs(core) });
  core.events.device("update", { ...device, ...kept }, [existing.serviceName, device.serviceName], correlationId);
  return { statusCode: 201, id };
}

async function updateDevice(
  core: Core,
  patch: Parameters<typeof mergeDevice>[1],
  bypassValidation: string | undefined,
  { correlationId }: CallContext,
): Promise<{ statusCode: number }> {
  const { catalog } = core;
  const prepare = (): { existing: Device; merged: Device } => {
    if (typeof patch.serviceName === "string") requireService(catalog, patch.serviceName);
    const existing = findDevice(core, patch.id ?? "", patch.name ?? undefined);
    const merged = deviceRecord(mergeDevice(existing, patch, catalog.profiles));
    checkDevice(catalog, merged);
    checkRoomForProfileChange(catalog, existing.profileName, merged.profileName, core.config.current.Writable);
    return { existing, merged };
  };
  const { merged } = prepare();
  if (bypassValidation !== "true") await validate(core, merged, correlationId);
  return catalog.exclusive(async () => {
    // Again, on what is there now: the device may have changed while its service was asked.
    const { existing, merged } = prepare();
    await catalog.put("device", { ...merged, modified: nowMs(core) });
    // The event still carries the previous "modified", as EdgeX's does.
    core.events.device("update", merged, [existing.serviceName, merged.serviceName], correlationId);
    return { statusCode: 200 };
  });
}

function findDevice(core: Core, id: string, name: string | undefined): Device {
  if (id === "") return requireDevice(core, name ?? "");
  const device = core.catalog.devices.byId(id);
  if (device === undefined) throw new AppError("NotFound", `no device with id '${id}' found`);
  if (name !== undefined && name !== device.name) {
    throw new AppError("ContractInvalid", `device name '${name}' not match the exsting '${device.name}' `);
  }
  return device;
}

function deleteDevice(core: Core, name: string, { correlationId }: CallContext): Promise<Record<string, never>> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    const device = requireDevice(core, name);
    if (catalog.devices.all().some((other) => other.parent === name)) {
      throw new AppError("StatusConflict", "cannot delete device with children");
    }
    await catalog.remove("device", name);
    core.events.device("delete", device, [device.serviceName], correlationId);
    return {};
  });
}

function validate(core: Core, device: Device, correlationId: string): Promise<void> {
  const timeoutMs = parseDurationMs(core.config.current.Service.RequestTimeout);
  return core.validator.validate(device, correlationId, timeoutMs);
}
