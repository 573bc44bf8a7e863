import type { Event } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { type Command, type Context, operand } from "../command.ts";
import { formatOrigin, formatValue } from "../output/format.ts";
import { paintState } from "../output/paint.ts";
import { titled } from "../output/table.ts";
import { EXIT } from "../problem.ts";
import { checkWrite } from "../write/check.ts";

export const readCommand: Command = {
  name: "read",
  operands: "DEVICE RESOURCE",
  count: [2, 2],
  summary: { zh: "现在读一个资源或命令", en: "read a resource or a command now" },
  async run(input, context) {
    const edge = await context.edge();
    const answer = await edge.command.get({ name: operand(input), command: operand(input, 1) });
    printEvent(answer?.event as Event | undefined, context);
    return 0;
  },
};

function printEvent(event: Event | undefined, context: Context): void {
  if (context.json) {
    context.printJson(event ?? null);
    return;
  }
  const { say, paint } = context;
  const rows = (event?.readings ?? []).map((reading) => [
    reading.resourceName,
    `${formatValue(reading.value)} ${reading.units}`.trim(),
    reading.valueType,
    paintState(paint, String(reading.tags?.["quality"] ?? "good")),
    formatOrigin(reading.origin),
    String(reading.tags?.["reason"] ?? ""),
  ]);
  const head = [
    say("资源", "Resource"),
    say("值", "Value"),
    say("类型", "Type"),
    say("质量", "Quality"),
    say("时间", "Time"),
    "",
  ];
  context.print(titled(paint, head, rows));
}

export const writeCommand: Command = {
  name: "write",
  operands: "DEVICE RESOURCE VALUE",
  count: [3, 3],
  summary: { zh: "写一个值到设备（先确认）", en: "write a value to a device (asks first)" },
  options: { yes: { short: "y", summary: { zh: "不再询问", en: "do not ask" } } },
  async run(input, context) {
    const { say } = context;
    const [name = "", resource = "", value = ""] = input.operands;
    const edge = await context.edge();
    const found = await checkWrite(edge, { name, resource, value });
    const amount = `${value} ${found?.properties.units ?? ""}`.trimEnd();
    const question = say(
      `把 ${name} 的 ${resource} 设为 ${amount}？这会动作真实设备。`,
      `Set ${resource} of ${name} to ${amount}? This acts on a real device.`,
    );
    if (!input.flag("yes") && !(await context.confirm(question))) {
      context.note(say("未写入。", "Nothing was written."));
      return EXIT.failed;
    }
    await edge.command.set({ name, command: resource, body: { [resource]: typedValue(value) } });
    const after = await readBack(() => edge.command.get({ name, command: resource }));
    if (context.json) context.printJson({ device: name, resource, written: value, event: after ?? null });
    else {
      context.print(say(`已写入：${name}.${resource} = ${value}`, `Written: ${name}.${resource} = ${value}`));
      if (after !== undefined) printEvent(after, context);
    }
    return 0;
  },
};

/** EdgeX takes values as text; an Object resource takes JSON. */
function typedValue(text: string): unknown {
  if (!text.startsWith("{")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A resource that can only be written is no error here: the write itself has succeeded. */
async function readBack(read: () => Promise<{ readonly event: unknown } | null>): Promise<Event | undefined> {
  try {
    return (await read())?.event as Event | undefined;
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}
