import type { CallContext, DeviceService, Handlers, MetadataOperations, UpdateDeviceService } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { findByName, findTarget, freshId } from "./find.ts";
import { page, withLabels } from "./page.ts";
import { serviceRecord, withoutStamps } from "./records.ts";

type ServiceOperation = "addServices" | "updateServices" | "allServices" | "serviceByName" | "deleteService";

export function serviceHandlers(core: Core): Pick<Handlers<MetadataOperations>, ServiceOperation> {
  const { catalog } = core;
  const { services } = catalog.seen;
  return {
    addServices: (input, context) => eachItem(catalog, input.body, ({ service }) => addService(core, service, context)),
    updateServices: (input, context) =>
      eachItem(catalog, input.body, ({ service }) => updateService(core, service, context)),
    allServices(input) {
      const rows = withLabels(services.all(), input.labels);
      const shown = page(rows, input, core.config.current.Service.MaxResultCount);
      return { totalCount: rows.length, services: shown as DeviceService[] };
    },
    serviceByName: ({ name }) => ({ service: findByName(services, "device service", name) }),
    deleteService: ({ name }, context) => deleteService(core, name, context),
  };
}

function addService(
  core: Core,
  request: DeviceService,
  { correlationId }: CallContext,
): { statusCode: number; id: string } {
  const { catalog, events } = core;
  const { services } = catalog.draft;
  if (services.get(request.name) !== undefined) {
    throw new AppError("DuplicateName", `device service name ${request.name} already exists`);
  }
  const id = freshId(services, "device service", request.id, core.newId);
  const now = nowMs(core);
  const service = serviceRecord(withoutStamps(request));
  catalog.put("service", { created: now, modified: now, id, ...service }, () =>
    events.service("add", service, correlationId),
  );
  return { statusCode: 201, id };
}

function updateService(core: Core, patch: UpdateDeviceService, { correlationId }: CallContext): { statusCode: number } {
  const { catalog, events } = core;
  const merged: Record<string, unknown> = { ...findTarget(catalog.draft.services, "device service", patch) };
  for (const field of ["description", "baseAddress", "labels", "adminState", "properties"] as const) {
    const value = patch[field];
    if (value !== undefined && value !== null) merged[field] = value;
  }
  const service = serviceRecord(merged as DeviceService);
  catalog.put("service", { ...service, modified: nowMs(core) }, () => events.service("update", service, correlationId));
  return { statusCode: 200 };
}

async function deleteService(core: Core, name: string, { correlationId }: CallContext): Promise<Record<string, never>> {
  const { catalog, events } = core;
  const { services, devices, watchers } = catalog.draft;
  const service = findByName(services, "device service", name);
  if (devices.linked("service", name) > 0) {
    throw new AppError("StatusConflict", "fail to delete the device service when associated device exists");
  }
  if (watchers.linked("service", name) > 0) {
    throw new AppError("StatusConflict", "fail to delete the device service when associated provisionWatcher exists");
  }
  catalog.remove("service", name, () => events.service("delete", service, correlationId));
  await catalog.synced();
  return {};
}
