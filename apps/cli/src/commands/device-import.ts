import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Device } from "@jx/contracts";
import { isAppError, messageOf, parseDurationMs } from "@jx/kit";
import { apply } from "../apply.ts";
import { type Command, type Context, type Input, operand } from "../command.ts";
import type { Edge } from "../edge-client.ts";
import type { Addressing } from "../import/address.ts";
import { IMPORT_LABEL, type ImportPlan, planImport } from "../import/model.ts";
import type { RowOptions, RowProblem } from "../import/rows.ts";
import { templateText } from "../import/template.ts";
import { MAX_TABLE_BYTES } from "../import/text.ts";
import { ADDRESSING_WORDS, plain } from "../import/words.ts";
import { table, titled } from "../output/table.ts";
import { EXIT, problem } from "../problem.ts";
import { showApplied } from "./device-add.ts";

export const deviceTemplate: Command = {
  name: "device template",
  summary: {
    zh: "输出点表模板（CSV，Excel 可直接打开）",
    en: "print a points table to fill in (CSV that Excel opens)",
  },
  async run(_input, context) {
    context.print(templateText(context.language).replace(/\r\n$/, "\r"));
    return 0;
  },
};

export const deviceImport: Command = {
  name: "device import",
  operands: "POINTS.csv",
  count: [1, 1],
  summary: {
    zh: "从点表（CSV）生成模型和设备；再次导入即更新",
    en: "make profiles and devices from a points table (CSV); again to update them",
  },
  options: {
    addressing: {
      value: "zero|modicon",
      summary: { zh: "地址从 0 开始，或 40001 式", en: "addresses count from 0, or in the 40001 style" },
    },
    writable: {
      summary: {
        zh: "未注明读写的线圈和保持寄存器可写（默认只读）",
        en: "coils and holding registers that say nothing may be written (read-only otherwise)",
      },
    },
    interval: {
      value: "1s",
      summary: {
        zh: "未注明采集周期的测点（默认 1s，0s 为不采集）",
        en: "for points that name no poll interval (default 1s; 0s: not polled)",
      },
    },
    "skip-bad": { summary: { zh: "跳过有错的行", en: "leave out rows with errors" } },
    "dry-run": { summary: { zh: "只显示会生成什么", en: "only show what would be made" } },
    out: { value: "DIR", summary: { zh: "不导入，写成 EdgeX YAML 文件", en: "write EdgeX YAML files instead" } },
  },
  async run(input, context) {
    const { readTable } = await import("../import/read-table.ts");
    const file = operand(input);
    const read = readTable(readBytes(file), file, rowOptions(input));
    if (read.unused.length > 0 && !context.json) {
      context.note(context.say(`未使用的列：${read.unused.join("、")}`, `Columns not used: ${read.unused.join(", ")}`));
    }
    const skip = input.flag("skip-bad");
    if (read.problems.length > 0 && !context.json) showProblems(file, read.problems, context);
    if (read.problems.length > 0 && !skip) {
      if (context.json) context.printJson({ error: { exit: EXIT.badFile, problems: read.problems } });
      else
        context.note(
          context.say(
            "什么也没有写入；改正后再试，或用 --skip-bad 跳过这些行。",
            "Nothing was written; mend these, or leave them out with --skip-bad.",
          ),
        );
      return EXIT.badFile;
    }
    if (read.points.length === 0) throw problem("bad-file", `${file} 里没有测点。`, `${file} has no points.`);
    const plan = planImport(read.points);
    if (input.flag("dry-run")) return showPlan(plan, read.problems, context);
    const out = input.text("out");
    if (out !== undefined) return writeFiles(plan, out, context);
    await carryOut(await context.edge(), plan, context);
    return 0;
  },
};

function rowOptions(input: Input): RowOptions {
  const interval = input.text("interval") ?? "1s";
  try {
    const ms = parseDurationMs(interval);
    return {
      addressing: addressingOf(input.text("addressing")),
      writable: input.flag("writable"),
      interval: ms === 0 ? "" : interval,
    };
  } catch (error) {
    if (isAppError(error) && error.code !== undefined) throw error;
    throw problem(
      "usage",
      `--interval "${interval}" 应写成 500ms、1s 或 1m。`,
      `--interval "${interval}" should be 500ms, 1s or 1m.`,
      error,
    );
  }
}

function addressingOf(text: string | undefined): Addressing | undefined {
  if (text === undefined) return undefined;
  const addressing = ADDRESSING_WORDS.get(plain(text));
  if (addressing !== undefined) return addressing;
  throw problem(
    "usage",
    `--addressing "${text}" 应为 zero 或 modicon。`,
    `--addressing "${text}" should be zero or modicon.`,
  );
}

/** @throws AppError bad-file */
function readBytes(file: string): Uint8Array {
  try {
    // Before it is read: a file of gigabytes should not reach memory.
    if (statSync(file).size > MAX_TABLE_BYTES) return new Uint8Array(MAX_TABLE_BYTES + 1);
    return readFileSync(file);
  } catch (error) {
    throw problem(
      "bad-file",
      `${file} 无法读取：${messageOf(error)}`,
      `${file} cannot be read: ${messageOf(error)}`,
      error,
    );
  }
}

const MAX_SHOWN = 50;

function showProblems(file: string, problems: readonly RowProblem[], { language, say, note, paint }: Context): void {
  for (const { row, column, message } of problems.slice(0, MAX_SHOWN)) {
    note(
      `${paint.bold(`${file}:${row}`)} ${say(`第 ${row} 行 [${column}]`, `row ${row} [${column}]`)} ${message[language]}`,
    );
  }
  if (problems.length > MAX_SHOWN)
    note(say(`… 还有 ${problems.length - MAX_SHOWN} 个`, `… and ${problems.length - MAX_SHOWN} more`));
  note(paint.bad(say(`${problems.length} 个错误`, `${problems.length} error(s)`)));
}

function showPlan(plan: ImportPlan, problems: readonly RowProblem[], context: Context): number {
  if (context.json) {
    context.printJson({ ...plan, problems });
    return 0;
  }
  const { say, paint, print } = context;
  for (const profile of plan.profiles) {
    const users = plan.devices.filter(({ profileName }) => profileName === profile.name).map(({ name }) => name);
    print(`${paint.bold(`${say("模型", "profile")} ${profile.name}`)}  (${users.join(", ")})`);
    const rows = (profile.deviceResources ?? []).map(({ name, attributes, properties }) => [
      name,
      properties.valueType,
      properties.readWrite,
      `${String(attributes?.["primaryTable"])} ${String(attributes?.["startingAddress"])}`,
      Object.entries(attributes ?? {})
        .filter(([key]) => key !== "primaryTable" && key !== "startingAddress")
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(" "),
      [
        properties.scale === undefined ? "" : `× ${properties.scale}`,
        properties.offset === undefined ? "" : `+ ${properties.offset}`,
        properties.units ?? "",
      ]
        .filter((part) => part !== "")
        .join(" "),
    ]);
    print(
      titled(
        paint,
        [
          say("测点", "Point"),
          say("类型", "Type"),
          say("读写", "Access"),
          say("地址（从 0）", "Address (from 0)"),
          say("属性", "Attributes"),
          say("换算", "Scaling"),
        ],
        rows,
      ),
    );
    print("");
  }
  print(
    table(
      plan.devices.map((device) => [
        `${say("设备", "device")} ${device.name}`,
        device.profileName ?? "",
        JSON.stringify(device.protocols["modbus-tcp"]),
        (device.autoEvents ?? []).map(({ sourceName }) => sourceName).join(" "),
      ]),
    ),
  );
  print(say("\n试运行：什么也没有写入。", "\nDry run: nothing was written."));
  return 0;
}

async function writeFiles(plan: ImportPlan, folder: string, context: Context): Promise<number> {
  const { stringify } = await import("yaml");
  mkdirSync(folder, { recursive: true });
  const written: string[] = [];
  const write = (name: string, value: unknown): void => {
    const path = join(folder, `${name.replaceAll(/[/\\\p{Cc}]/gu, "_")}.yaml`);
    writeFileSync(path, stringify(value, { lineWidth: 0 }));
    written.push(path);
  };
  for (const profile of plan.profiles) write(profile.name, { apiVersion: "v3", ...profile });
  write("devices", {
    deviceList: plan.devices.map(({ adminState: _a, operatingState: _o, serviceName: _s, ...device }) => device),
  });
  if (context.json) context.printJson({ written });
  else for (const path of written) context.print(path);
  return 0;
}

async function carryOut(edge: Edge, plan: ImportPlan, context: Context): Promise<void> {
  const before = await formerProfiles(edge, plan.devices);
  const applied = await apply(edge, plan, {
    mayChange: ({ labels }) => labels?.includes(IMPORT_LABEL) === true,
    advice: {
      zh: "它不是导入生成的：请在点表里换个名称，或先用 jx device rm 删除它",
      en: "no import has made it: take another name in the table, or remove it first with jx device rm",
    },
  });
  // A profile that the devices no longer have, and nobody else, was made by an earlier import of this table.
  for (const name of before) {
    if (!applied.profiles.has(name)) await edge.metadata.deleteProfile({ name }).catch(() => undefined);
  }
  showApplied(applied, context);
}

/** Profiles that an earlier import has made for these devices. */
async function formerProfiles(edge: Edge, devices: readonly Device[]): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { name } of devices) {
    try {
      const { device } = await edge.metadata.deviceByName({ name });
      if (device.labels?.includes(IMPORT_LABEL) === true && device.profileName?.startsWith("Points-") === true)
        names.add(device.profileName);
    } catch (error) {
      if (!isAppError(error, "NotFound")) throw error;
    }
  }
  return names;
}
