import { readFileSync, statSync } from "node:fs";
import type { Device, DeviceProfile } from "@jx/contracts";
import { isAppError, messageOf } from "@jx/kit";
import { type Applied, apply, type Outcome } from "../apply.ts";
import type { Command, Context } from "../command.ts";
import { problem } from "../problem.ts";

/** Bytes of one file; the parser takes about as many characters. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Protocol → the device service that speaks it. */
const SERVICES: Readonly<Record<string, string>> = {
  "modbus-tcp": "device-modbus",
  virtual: "device-virtual",
  other: "device-virtual",
};

export const deviceAdd: Command = {
  name: "device add",
  operands: "FILE…",
  count: [1, 100],
  summary: {
    zh: "从 EdgeX v3 模型文件和设备文件（YAML 或 JSON）添加",
    en: "add from EdgeX v3 profile and device files (YAML or JSON)",
  },
  options: {
    replace: { summary: { zh: "已存在的也按文件修改", en: "change what is there already to what the files say" } },
    service: {
      value: "KEY",
      summary: {
        zh: "设备所属的设备服务（默认按协议判断）",
        en: "the device service that owns the devices (by their protocol when left out)",
      },
    },
  },
  async run(input, context) {
    const { parseDeviceFile, parseProfileFile } = await import("@jx/contracts/files");
    const profiles: DeviceProfile[] = [];
    const devices: Device[] = [];
    for (const file of input.operands) {
      const text = readText(file);
      if (await isDeviceFile(text)) {
        const found = parseDeviceFile(text, { file, maxLength: MAX_BYTES, serviceName: input.text("service") ?? "" });
        devices.push(...found.map((device) => withService(device, file)));
      } else profiles.push(parseProfileFile(text, { file, maxLength: MAX_BYTES }));
    }
    const edge = await context.edge();
    const replace = input.flag("replace");
    const applied = await apply(
      edge,
      { profiles, devices },
      {
        mayChange: () => replace,
        advice: { zh: "加 --replace 按文件修改它", en: "--replace changes it to what the file says" },
      },
    );
    showApplied(applied, context);
    return 0;
  },
};

/** @throws AppError bad-file */
function readText(file: string): string {
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (isAppError(error)) throw error;
    throw problem(
      "bad-file",
      `${file} 无法读取：${messageOf(error)}（应为 UTF-8 文本）`,
      `${file} cannot be read: ${messageOf(error)} (it should be UTF-8 text)`,
      error,
    );
  }
}

/** A device file is a list, or has deviceList at its root; what is damaged is told by the profile parser, with its place. */
async function isDeviceFile(text: string): Promise<boolean> {
  const { parseDocument } = await import("yaml");
  const { contents } = parseDocument(text, { merge: true, prettyErrors: false, strict: false });
  if (contents === null || !("items" in contents)) return false;
  const { isMap, isSeq } = await import("yaml");
  return isSeq(contents) || (isMap(contents) && contents.has("deviceList"));
}

function withService(device: Device, file: string): Device {
  if (device.serviceName !== "") return device;
  const protocols = Object.keys(device.protocols);
  const serviceName = protocols
    .map((protocol) => SERVICES[protocol.toLowerCase()])
    .find((service) => service !== undefined);
  if (serviceName !== undefined) return { ...device, serviceName };
  const found = protocols.join(", ") || "–";
  throw problem(
    "bad-file",
    `${file}：设备 ${device.name} 的协议 ${found} 没有已知的设备服务；请加 --service KEY`,
    `${file}: no device service is known for protocol ${found} of device ${device.name}; name it with --service KEY`,
  );
}

export function showApplied(applied: Applied, context: Context): void {
  if (context.json) {
    context.printJson({ profiles: Object.fromEntries(applied.profiles), devices: Object.fromEntries(applied.devices) });
    return;
  }
  const { say, print } = context;
  const words: Readonly<Record<Outcome, string>> = {
    created: say("已添加", "added"),
    updated: say("已更新", "updated"),
    unchanged: say("没有变化", "unchanged"),
  };
  for (const [name, outcome] of applied.profiles) print(`${say("模型", "profile")} ${name}: ${words[outcome]}`);
  for (const [name, outcome] of applied.devices) print(`${say("设备", "device")} ${name}: ${words[outcome]}`);
}
