import type { CallContext, DeviceService, Handlers, MetadataOperations, UpdateDeviceService } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { page, withLabels } from "./page.ts";
import { serviceRecord, withoutStamps } from "./records.ts";

type ServiceOperation = "addServices" | "updateServices" | "allServices" | "serviceByName" | "deleteService";

export function serviceHandlers(core: Core): Pick<Handlers<MetadataOperations>, ServiceOperation> {
  const { services } = core.catalog;
  return {
    addServices: (input, context) => eachItem(input.body, ({ service }) => addService(core, service, context)),
    updateServices: (input, context) => eachItem(input.body, ({ service }) => updateService(core, service, context)),
    allServices(input) {
      const rows = withLabels(services.all(), input.labels);
      const shown = page(rows, input, core.config.current.Service.MaxResultCount);
      return { totalCount: rows.length, services: shown as DeviceService[] };
    },
    serviceByName: ({ name }) => ({ service: requireService(core, name) }),
    deleteService: ({ name }, context) => deleteService(core, name, context),
  };
}

function requireService(core: Core, name: string): DeviceService {
  const service = core.catalog.services.get(name);
  if (service === undefined) throw new AppError("NotFound", `no device service with name '${name}' found`);
  return service;
}

function addService(
  core: Core,
  request: DeviceService,
  { correlationId }: CallContext,
): Promise<{ statusCode: number; id: string }> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    if (catalog.services.get(request.name) !== undefined) {
      throw new AppError("DuplicateName", `device service name ${request.name} already exists`);
    }
    const id = request.id === undefined || request.id === "" ? core.newId() : request.id;
    if (catalog.services.byId(id) !== undefined) {
      throw new AppError("DuplicateName", `device service id ${id} already exists`);
    }
    const now = nowMs(core);
    const service = serviceRecord(withoutStamps(request));
    await catalog.put("service", { created: now, modified: now, id, ...service });
    core.events.service("add", service, correlationId);
    return { statusCode: 201, id };
  });
}

function updateService(
  core: Core,
  patch: UpdateDeviceService,
  { correlationId }: CallContext,
): Promise<{ statusCode: number }> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    const existing = findService(core, patch.id ?? "", patch.name ?? undefined);
    const merged: Record<string, unknown> = { ...existing };
    for (const field of ["description", "baseAddress", "labels", "adminState", "properties"] as const) {
      const value = patch[field];
      if (value !== undefined && value !== null) merged[field] = value;
    }
    const service = serviceRecord(merged as DeviceService);
    await catalog.put("service", { ...service, modified: nowMs(core) });
    core.events.service("update", service, correlationId);
    return { statusCode: 200 };
  });
}

function findService(core: Core, id: string, name: string | undefined): DeviceService {
  if (id === "") return requireService(core, name ?? "");
  const service = core.catalog.services.byId(id);
  if (service === undefined) throw new AppError("NotFound", `no device service with id '${id}' found`);
  if (name !== undefined && name !== service.name) {
    throw new AppError("ContractInvalid", `device service name '${name}' not match the exsting '${service.name}' `);
  }
  return service;
}

function deleteService(core: Core, name: string, { correlationId }: CallContext): Promise<Record<string, never>> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    const service = requireService(core, name);
    if (catalog.devices.all().some((device) => device.serviceName === name)) {
      throw new AppError("StatusConflict", "fail to delete the device service when associated device exists");
    }
    await catalog.remove("service", name);
    core.events.service("delete", service, correlationId);
    return {};
  });
}
