import { type Device, type DeviceProfile, everyRow, type Reading } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { type Command, type Context, operand } from "../command.ts";
import type { Edge } from "../edge-client.ts";
import { formatOrigin } from "../output/format.ts";
import { paintState } from "../output/paint.ts";
import { table, titled } from "../output/table.ts";
import { problem } from "../problem.ts";

export function allDevices(edge: Edge): Promise<readonly Device[]> {
  return everyRow(async (page) => {
    const { totalCount, devices } = await edge.metadata.allDevices(page);
    return { totalCount, rows: devices };
  });
}

export const deviceLs: Command = {
  name: "device ls",
  summary: { zh: "列出设备", en: "list the devices" },
  async run(_input, context) {
    const edge = await context.edge();
    const [devices, { devices: health }] = await Promise.all([allDevices(edge), edge.gateway.health({})]);
    const states = new Map(health.map((one) => [one.deviceName, one.state]));
    if (context.json) {
      context.printJson(devices.map((device) => ({ ...device, health: states.get(device.name) ?? null })));
      return 0;
    }
    const { say, paint } = context;
    if (devices.length === 0) {
      context.print(
        say(
          "还没有设备。添加：jx device add、jx device import",
          "No devices yet. Add some with jx device add or jx device import.",
        ),
      );
      return 0;
    }
    const rows = devices.map((device) => [
      device.name,
      paintState(paint, states.get(device.name) ?? "–"),
      device.adminState === "LOCKED" ? paint.warn("LOCKED") : device.operatingState,
      device.profileName ?? "",
      device.serviceName,
      address(device),
      (device.labels ?? []).join(","),
    ]);
    const head = [
      say("设备", "Device"),
      say("健康", "Health"),
      say("状态", "State"),
      say("模型", "Profile"),
      say("服务", "Service"),
      say("地址", "Address"),
      say("标签", "Labels"),
    ];
    context.print(titled(paint, head, rows));
    return 0;
  },
};

/** "modbus-tcp://10.0.0.5:502/1", or the protocol's name. */
function address(device: Device): string {
  return Object.entries(device.protocols)
    .map(([protocol, { Address, Port, UnitID }]) => {
      if (Address === undefined) return protocol;
      return `${protocol}://${Address}${Port === undefined ? "" : `:${Port}`}${UnitID === undefined ? "" : `/${UnitID}`}`;
    })
    .join(" ");
}

export const deviceShow: Command = {
  name: "device show",
  operands: "NAME",
  count: [1, 1],
  summary: { zh: "显示一个设备、它的资源和最新值", en: "show a device, its resources and their newest values" },
  async run(input, context) {
    const edge = await context.edge();
    const name = operand(input);
    const { device } = await edge.metadata.deviceByName({ name }).catch((error) => {
      throw isAppError(error, "NotFound") ? noDevice(name, error) : error;
    });
    const profile =
      device.profileName === undefined
        ? undefined
        : (await edge.metadata.profileByName({ name: device.profileName })).profile;
    const newest = await newestReadings(
      edge,
      name,
      (profile?.deviceResources ?? []).map((resource) => resource.name),
    );
    if (context.json) {
      context.printJson({ device, profile, newest: [...newest.values()] });
      return 0;
    }
    context.print(head(device, context));
    const { say, paint } = context;
    const rows = (profile?.deviceResources ?? []).map((resource) => {
      const reading = newest.get(resource.name);
      return [
        resource.name,
        resource.properties.valueType,
        resource.properties.readWrite,
        reading === undefined ? "–" : `${formatReading(reading.value)} ${reading.units}`.trim(),
        reading === undefined ? "" : formatOrigin(reading.origin),
        Object.entries(resource.attributes ?? {})
          .map(([key, value]) => `${key}=${String(value)}`)
          .join(" "),
        resource.description ?? "",
      ];
    });
    const titles = [
      say("资源", "Resource"),
      say("类型", "Type"),
      say("读写", "Access"),
      say("最新值", "Newest"),
      say("时间", "Time"),
      say("属性", "Attributes"),
      say("说明", "Description"),
    ];
    context.print(`\n${titled(paint, titles, rows)}`);
    const commands = commandRows(profile);
    if (commands.length > 0)
      context.print(
        `\n${titled(paint, [say("命令", "Command"), say("读写", "Access"), say("资源", "Resources")], commands)}`,
      );
    return 0;
  },
};

function formatReading(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(7))) : String(value);
}

function commandRows(profile: DeviceProfile | undefined): string[][] {
  return (profile?.deviceCommands ?? []).map((command) => [
    command.name,
    command.readWrite,
    command.resourceOperations.map(({ deviceResource }) => deviceResource).join(", "),
  ]);
}

function head(device: Device, { say, paint }: Context): string {
  const rows = [
    [say("设备", "Device"), device.name],
    [say("说明", "Description"), device.description ?? ""],
    [say("模型", "Profile"), device.profileName ?? ""],
    [say("服务", "Service"), device.serviceName],
    [say("状态", "State"), `${device.adminState} ${device.operatingState}`],
    [say("地址", "Address"), address(device)],
    [say("标签", "Labels"), (device.labels ?? []).join(", ")],
    [
      say("采集", "Polls"),
      (device.autoEvents ?? [])
        .map(
          ({ sourceName, interval, onChange }) =>
            `${sourceName} ${interval}${onChange === true ? say("（变化时）", " on change") : ""}`,
        )
        .join(", "),
    ],
  ];
  return table(rows.filter(([, value]) => value !== "").map(([name = "", value = ""]) => [paint.bold(name), value]));
}

export function noDevice(name: string, cause: unknown): Error {
  return problem(
    "failed",
    `没有名为 "${name}" 的设备；jx device ls 列出所有设备。`,
    `There is no device "${name}"; jx device ls lists them.`,
    cause,
  );
}

export const deviceRm: Command = {
  name: "device rm",
  operands: "NAME…",
  count: [1, 1000],
  summary: { zh: "删除设备（已存的数据保留）", en: "remove devices (what they have sent stays stored)" },
  options: {
    yes: { short: "y", summary: { zh: "不再询问", en: "do not ask" } },
    profile: {
      summary: { zh: "同时删除不再有设备使用的模型", en: "remove their profiles too when no other device uses them" },
    },
  },
  async run(input, context) {
    const { say } = context;
    const edge = await context.edge();
    const names = input.operands;
    const devices = await Promise.all(
      names.map((name) =>
        edge.metadata.deviceByName({ name }).then(
          ({ device }) => device,
          (error) => {
            throw isAppError(error, "NotFound") ? noDevice(name, error) : error;
          },
        ),
      ),
    );
    if (
      !input.flag("yes") &&
      !(await context.confirm(say(`删除 ${names.join("、")}？`, `Remove ${names.join(", ")}?`)))
    )
      return 1;
    for (const { name } of devices) await edge.metadata.deleteDevice({ name });
    const profiles = input.flag("profile") ? await removeUnused(edge, devices) : [];
    if (context.json) context.printJson({ removed: names, profiles });
    else {
      context.print(say(`已删除 ${names.length} 个设备。`, `Removed ${names.length} device(s).`));
      if (profiles.length > 0)
        context.print(say(`已删除模型：${profiles.join("、")}`, `Removed profiles: ${profiles.join(", ")}`));
    }
    return 0;
  },
};

async function removeUnused(edge: Edge, devices: readonly Device[]): Promise<string[]> {
  const removed: string[] = [];
  for (const name of new Set(devices.flatMap(({ profileName }) => profileName ?? []))) {
    try {
      await edge.metadata.deleteProfile({ name });
      removed.push(name);
    } catch (error) {
      if (!isAppError(error, "StatusConflict") && !isAppError(error, "NotFound")) throw error;
    }
  }
  return removed;
}

/** Asked one by one: a point that is told only on change may be older than any page of events. */
async function newestReadings(edge: Edge, name: string, resources: readonly string[]): Promise<Map<string, Reading>> {
  const newest = new Map<string, Reading>();
  const queue = [...resources];
  const next = async (): Promise<void> => {
    for (let resource = queue.shift(); resource !== undefined; resource = queue.shift()) {
      const { readings } = await edge.data.readingsByDeviceAndResource({ name, resource, offset: -1, limit: 1 });
      if (readings[0] !== undefined) newest.set(resource, readings[0]);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, next));
  return newest;
}

const ASKED_AT_ONCE = 8;
