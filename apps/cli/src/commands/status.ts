import type { Bilingual, DeviceHealth, SystemOverview, SystemStatus } from "@jx/contracts";
import type { Command, Context } from "../command.ts";
import type { Edge } from "../edge-client.ts";
import { formatBytes, formatSpan, msOf } from "../output/format.ts";
import { paintState } from "../output/paint.ts";
import { countTables, serviceTable } from "../output/system.ts";
import { table, titled } from "../output/table.ts";

export const status: Command = {
  name: "status",
  summary: { zh: "边缘整体状况：服务、设备、磁盘、路径", en: "the edge as a whole: services, devices, disk, paths" },
  options: {
    link: { summary: { zh: "取得新的一次性登录链接", en: "print a new one-time link to the console" } },
  },
  async run(input, context) {
    const edge = await context.edge();
    if (input.flag("link")) return link(edge, context);
    const [system, overview, health] = await Promise.all([
      edge.gateway.status({}),
      edge.gateway.system({}),
      edge.gateway.health({}),
    ]);
    if (context.json) {
      // The ports of what runs here stand in the status, everything else about services in the overview.
      const { services, ...rest } = overview;
      context.printJson({ url: edge.run.url, ...system, system: services, ...rest, devices: health.devices });
      return 0;
    }
    context.print(summary(edge, system, context));
    context.print(`\n${serviceTable(overview, context)}`);
    if (overview.registryProblem !== undefined) context.note(overview.registryProblem);
    context.print(`\n${countTables(overview, context)}`);
    context.print(`\n${devices(health.devices, overview, context)}`);
    return 0;
  },
};

async function link(edge: Edge, context: Context): Promise<number> {
  const url = new URL(edge.run.url);
  url.searchParams.set("token", await edge.link());
  if (context.json) context.printJson({ link: url.href });
  else {
    context.print(url.href);
    context.note(context.say("此链接只能用一次。", "The link works once."));
  }
  return 0;
}

function summary(edge: Edge, system: SystemStatus, { say, paint }: Context): string {
  const { paths, disk, broker, store } = system;
  const full = disk.totalBytes > 0 && disk.freeBytes / disk.totalBytes < 0.05;
  const free = `${formatBytes(disk.freeBytes)} / ${formatBytes(disk.totalBytes)}`;
  const rows = [
    [
      "JX Edge",
      `${system.version}  ${say("已运行", "up")} ${formatSpan(Date.now() - system.startedAt)}  pid ${system.pid}  Node ${system.node}`,
    ],
    [say("控制台", "Console"), edge.run.url],
    [
      say("内存", "Memory"),
      `${formatBytes(system.rssBytes)}  ${say("事件循环延迟 p99", "loop delay p99")} ${system.loopDelayMs.toFixed(1)} ms`,
    ],
    [say("事件", "Events"), `${system.eventsStored} ${say("个（本次运行）", "stored in this run")}`],
    [say("磁盘剩余", "Disk free"), full ? paint.bad(free) : free],
    [say("数据", "Data"), paths.data],
    [say("存储", "Store"), say(storeText(store).zh, storeText(store).en)],
    [say("配置", "Config"), paths.config],
    [say("规则", "Rules"), paths.rules],
    [say("日志", "Logs"), paths.logs],
  ];
  if (broker !== undefined) rows.push(["MQTT", `mqtt://${broker.host}:${broker.port}`]);
  return table(rows.map(([name = "", value = ""]) => [paint.bold(name), value]));
}

export function storeText(store: SystemStatus["store"]): Bilingual {
  if (store === undefined) return { zh: "本进程不保存数据", en: "none in this process" };
  const { kind, version, address } = store;
  const text = kind === "sqlite" ? `SQLite ${version}` : `PostgreSQL ${version}  ${address ?? ""}`;
  return { zh: text, en: text };
}

function devices(list: readonly DeviceHealth[], { services }: SystemOverview, { say, paint }: Context): string {
  const elsewhere = services.some(({ serviceId, here }) => !here && serviceId.startsWith("device-"));
  if (list.length === 0 && elsewhere) {
    return say(
      "本进程没有设备；其他进程的设备见 jx device ls。",
      "No devices in this process; jx device ls lists those of others.",
    );
  }
  if (list.length === 0) {
    return say(
      "还没有设备：jx device add 或 jx device import 可以添加。",
      "No devices yet: jx device add or jx device import adds some.",
    );
  }
  const rows = list.map((device) => [
    device.deviceName,
    device.serviceName,
    paintState(paint, device.state),
    device.lastOk === undefined ? "–" : formatSpan(Date.now() - msOf(device.lastOk)),
    device.rttMs === undefined ? "–" : `${device.rttMs.toFixed(1)} ms`,
    String(device.failures),
    String(device.skippedPolls),
    device.state === "ok" ? "" : (device.lastError ?? ""),
  ]);
  const head = [
    say("设备", "Device"),
    say("服务", "Service"),
    say("状态", "State"),
    say("上次正常", "Last ok"),
    say("往返", "Round trip"),
    say("失败", "Failures"),
    say("跳过", "Skipped"),
    "",
  ];
  return titled(paint, head, rows);
}
