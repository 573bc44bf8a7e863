import type { Event, LiveMessage, LiveReading } from "@jx/contracts";
import { type Command, type Context, type Input, wholeNumber } from "../command.ts";
import { formatOrigin, formatValue } from "../output/format.ts";
import { toJsonLine } from "../output/json.ts";
import { paintState } from "../output/paint.ts";
import { pad, titled } from "../output/table.ts";
import { EXIT } from "../problem.ts";

const DEVICE_OPTION = {
  value: "NAME",
  multiple: true,
  summary: { zh: "只看这个设备，可重复", en: "this device only; may be repeated" },
};

export const eventTail: Command = {
  name: "event tail",
  summary: { zh: "实时显示读数和规则触发，直到 Ctrl-C", en: "show readings and firings as they come, until Ctrl-C" },
  options: {
    device: DEVICE_OPTION,
    resource: {
      value: "NAME",
      multiple: true,
      summary: { zh: "只看这个资源，可重复", en: "this resource only; may be repeated" },
    },
    count: { value: "N", short: "n", summary: { zh: "显示 N 条后结束", en: "end after N lines" } },
  },
  async run(input, context) {
    const limit = wholeNumber(input, "count", Number.POSITIVE_INFINITY);
    const edge = await context.edge();
    const wanted = readingFilter(input);
    const stop = new AbortController();
    const signal = AbortSignal.any([context.signal, stop.signal]);
    let shown = 0;
    for await (const message of edge.live(signal)) {
      for (const line of linesOf(message, wanted, context)) {
        context.print(line);
        shown += 1;
        if (shown >= limit) {
          stop.abort();
          return 0;
        }
      }
    }
    return EXIT.ok;
  },
};

type Wanted = (device: string, resource: string) => boolean;

function readingFilter(input: Input): Wanted {
  const devices = new Set(input.texts("device"));
  const resources = new Set(input.texts("resource"));
  return (device, resource) =>
    (devices.size === 0 || devices.has(device)) && (resources.size === 0 || resources.has(resource));
}

function linesOf(message: LiveMessage, wanted: Wanted, context: Context): string[] {
  if (message.name === "readings") {
    return message.data
      .filter(({ device, resource }) => wanted(device, resource))
      .map((reading) => (context.json ? toJsonLine({ reading }) : readingLine(reading, context)));
  }
  if (message.name !== "firing") return [];
  const { rule, time, reason, operands } = message.data;
  if (!operands.some(({ deviceName, resourceName }) => wanted(deviceName, resourceName))) return [];
  if (context.json) return [toJsonLine({ firing: message.data })];
  const text = context.say(`规则触发 ${rule}：${reason.zh}`, `rule ${rule} fired: ${reason.en}`);
  return [`${formatOrigin(BigInt(time))}  ${context.paint.warn(text)}`];
}

function readingLine(reading: LiveReading, { paint }: Context): string {
  const value = `${formatValue(reading.value)} ${reading.units}`.trim();
  const name = pad(`${reading.device}.${reading.resource}`, 36);
  const quality = reading.quality === "good" ? "" : `  ${paintState(paint, reading.quality)}`;
  return `${paint.dim(formatOrigin(BigInt(reading.origin)))}  ${name}  ${value}${quality}`;
}

export const eventLs: Command = {
  name: "event ls",
  summary: { zh: "列出已存的事件，新的在前", en: "list stored events, newest first" },
  options: {
    device: { value: "NAME", summary: { zh: "只看这个设备", en: "of this device only" } },
    limit: { value: "N", short: "n", summary: { zh: "最多 N 个（默认 20）", en: "at most N (default 20)" } },
    offset: { value: "N", summary: { zh: "跳过前 N 个", en: "leave out the first N" } },
  },
  async run(input, context) {
    const paging = { limit: wholeNumber(input, "limit", 20), offset: wholeNumber(input, "offset", 0) };
    const edge = await context.edge();
    const device = input.text("device");
    const answer = await (device === undefined
      ? edge.data.allEvents(paging)
      : edge.data.eventsByDevice({ name: device, ...paging }));
    const events = answer.events as readonly Event[];
    if (context.json) {
      context.printJson({ totalCount: answer.totalCount, events });
      return 0;
    }
    const { say, paint } = context;
    const rows = events.map((event) => [
      formatOrigin(event.origin),
      event.deviceName,
      event.sourceName,
      event.readings
        .slice(0, 4)
        .map((reading) => `${reading.resourceName}=${formatValue(reading.value, 24)}${reading.units}`)
        .join(" ") + (event.readings.length > 4 ? ` … (${event.readings.length})` : ""),
    ]);
    context.print(
      titled(paint, [say("时间", "Time"), say("设备", "Device"), say("来源", "Source"), say("读数", "Readings")], rows),
    );
    context.note(say(`共 ${answer.totalCount} 个`, `${answer.totalCount} in all`));
    return 0;
  },
};
