import {
  type CallContext,
  type Device,
  type HandlerInput,
  type Handlers,
  type MetadataOperations,
  type PageQuery,
  UUID,
} from "@jx/contracts";
import { AppError, parseDurationMs } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { mergeDevice } from "./device-merge.ts";
import { checkDevice, checkRoomForDevice, checkRoomForProfileChange, requireService } from "./device-rules.ts";
import { descendants } from "./device-tree.ts";
import { findById, findByName, findTarget, freshId } from "./find.ts";
import { page, pageOfTree, withLabels } from "./page.ts";
import { deviceRecord, withoutStamps } from "./records.ts";

type DeviceOperation =
  | "addDevices"
  | "updateDevices"
  | "allDevices"
  | "deviceById"
  | "deviceByName"
  | "deviceNameExists"
  | "deleteDevice"
  | "devicesByProfile"
  | "devicesByService";

export function deviceHandlers(core: Core): Pick<Handlers<MetadataOperations>, DeviceOperation> {
  const { devices } = core.catalog.seen;
  const where = (fits: (device: Device) => boolean, query: PageQuery) => {
    const rows = devices.all().filter(fits);
    return { totalCount: rows.length, devices: page(rows, query, maxRows(core)) as Device[] };
  };
  return {
    addDevices: (input, context) =>
      eachItem(core.catalog, input.body, ({ device }) => addDevice(core, device, input, context)),
    updateDevices: (input, context) =>
      eachItem(core.catalog, input.body, ({ device }) => updateDevice(core, device, input.bypassValidation, context)),
    allDevices: (input) => allDevices(core, input),
    deviceById({ id }) {
      if (!UUID.test(id)) throw new AppError("ContractInvalid", `device id '${id}' is no UUID`);
      return { device: findById(devices, "device", id) };
    },
    deviceByName: ({ name }) => ({ device: findByName(devices, "device", name) }),
    deviceNameExists({ name }) {
      // EdgeX answers 404 without a message.
      if (devices.get(name) === undefined) throw new AppError("NotFound", "");
      return {};
    },
    deleteDevice: ({ name }, context) => deleteDevice(core, name, context),
    devicesByProfile: (input) => where(({ profileName }) => profileName === input.name, input),
    devicesByService: (input) => where(({ serviceName }) => serviceName === input.name, input),
  };
}

function maxRows(core: Core): number {
  return core.config.current.Service.MaxResultCount;
}

function allDevices(core: Core, input: HandlerInput<MetadataOperations["allDevices"]>) {
  const { labels, descendantsOf: parent = "", maxLevels } = input;
  const rows = withLabels(core.catalog.seen.devices.all(), labels);
  if (parent === "") return { totalCount: rows.length, devices: page(rows, input, maxRows(core)) as Device[] };
  const tree = descendants(rows, { parent, maxLevels });
  return { totalCount: tree.length, devices: pageOfTree(tree, input, maxRows(core)) as Device[] };
}

type AddFlags = Pick<HandlerInput<MetadataOperations["addDevices"]>, "force" | "bypassValidation">;

/** Order of checks as EdgeX's: service → parent, profile, auto events → name → capacity → the service's own check. */
async function addDevice(
  core: Core,
  request: Device,
  flags: AddFlags,
  { correlationId }: CallContext,
): Promise<{ statusCode: number; id: string }> {
  const { draft } = core.catalog;
  const device = deviceRecord(withoutStamps(request));
  const force = flags.force === "true";
  const check = (): Device | undefined => {
    requireService(draft, device.serviceName);
    checkDevice(draft, device);
    const existing = draft.devices.get(device.name);
    if (existing !== undefined && !force) {
      throw new AppError("DuplicateName", `device name ${device.name} already exists`);
    }
    if (existing === undefined) checkRoomForDevice(draft, device, core.config.current.Writable);
    return existing;
  };
  check();
  if (!force && flags.bypassValidation !== "true") await validate(core, device, correlationId);
  // Again, on what is there now: others may have changed it while the service was asked.
  const existing = check();
  if (existing !== undefined) return replaceDevice(core, existing, device, correlationId);
  const id = freshId(draft.devices, "device", request.id, core.newId);
  const now = nowMs(core);
  core.catalog.put("device", { created: now, modified: now, id, ...device }, (stored) =>
    core.events.device("add", stored, [stored.serviceName], correlationId),
  );
  return { statusCode: 201, id };
}

/** force on a taken name: everything is replaced but id and created. */
function replaceDevice(
  core: Core,
  existing: Device,
  device: Device,
  correlationId: string,
): { statusCode: number; id: string } {
  const { catalog, config, events } = core;
  const id = existing.id ?? core.newId();
  const kept = { ...(existing.created === undefined ? {} : { created: existing.created }), id };
  checkRoomForProfileChange(catalog.draft, existing.profileName, device.profileName, config.current.Writable);
  catalog.put("device", { ...device, ...kept, modified: nowMs(core) }, () =>
    events.device("update", { ...device, ...kept }, [existing.serviceName, device.serviceName], correlationId),
  );
  return { statusCode: 201, id };
}

async function updateDevice(
  core: Core,
  patch: Parameters<typeof mergeDevice>[1],
  bypassValidation: string | undefined,
  { correlationId }: CallContext,
): Promise<{ statusCode: number }> {
  const { draft } = core.catalog;
  const prepare = (): { existing: Device; merged: Device } => {
    if (typeof patch.serviceName === "string") requireService(draft, patch.serviceName);
    const existing = findTarget(draft.devices, "device", patch);
    const merged = deviceRecord(mergeDevice(existing, patch, draft.profiles));
    checkDevice(draft, merged);
    checkRoomForProfileChange(draft, existing.profileName, merged.profileName, core.config.current.Writable);
    return { existing, merged };
  };
  if (bypassValidation !== "true") await validate(core, prepare().merged, correlationId);
  // On what is there now: the device may have changed while its service was asked.
  const { existing, merged } = prepare();
  core.catalog.put("device", { ...merged, modified: nowMs(core) }, () =>
    // The event still carries the previous "modified", as EdgeX's does.
    core.events.device("update", merged, [existing.serviceName, merged.serviceName], correlationId),
  );
  return { statusCode: 200 };
}

async function deleteDevice(core: Core, name: string, { correlationId }: CallContext): Promise<Record<string, never>> {
  const { catalog, events } = core;
  const device = findByName(catalog.draft.devices, "device", name);
  if (catalog.draft.devices.linked("parent", name) > 0) {
    throw new AppError("StatusConflict", "cannot delete device with children");
  }
  catalog.remove("device", name, () => events.device("delete", device, [device.serviceName], correlationId));
  await catalog.synced();
  return {};
}

function validate(core: Core, device: Device, correlationId: string): Promise<void> {
  const timeoutMs = parseDurationMs(core.config.current.Service.RequestTimeout);
  return core.validator.validate(device, correlationId, timeoutMs);
}
