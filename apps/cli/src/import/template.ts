import type { Language } from "../place.ts";
import { COLUMNS, type ColumnKey } from "./columns.ts";

type Example = Partial<Record<ColumnKey, string>>;

/** Points of the demo plant, so that the template can be imported as it is while the demo runs. */
function examples(zh: boolean): readonly Example[] {
  const say = (chinese: string, english: string): string => (zh ? chinese : english);
  const device = say("冷却水表计", "Water-Meter");
  const input = say("输入寄存器", "input registers");
  const float = { table: input, type: "Float32" };
  return [
    {
      device,
      resource: say("母管压力", "Pressure"),
      host: "127.0.0.1",
      port: "1502",
      unit: "3",
      ...float,
      address: "0",
      order: "CDAB",
      units: "MPa",
      access: say("只读", "R"),
      interval: "1",
    },
    {
      device,
      resource: say("母管流量", "Flow"),
      ...float,
      address: "2",
      order: "BADC",
      units: "m3/h",
      access: say("只读", "R"),
      interval: "1",
    },
    {
      device,
      resource: say("供水温度", "SupplyTemp"),
      table: input,
      type: "Int16",
      address: "4",
      scale: "0.1",
      units: "°C",
      access: say("只读", "R"),
      interval: "1",
    },
    {
      device,
      resource: say("水位低", "LowLevel"),
      table: say("离散输入", "discrete inputs"),
      address: "1",
      access: say("只读", "R"),
      interval: "2",
    },
    {
      device,
      resource: say("水位设定", "LevelSetpoint"),
      description: say("允许写入", "may be written"),
      table: say("保持寄存器", "holding registers"),
      type: "Uint16",
      address: "2",
      scale: "0.001",
      units: "m",
      minimum: "1",
      maximum: "2.2",
      access: say("读写", "RW"),
      interval: "5",
    },
  ];
}

/** A points table to fill in: a heading, and rows that show how. Starts with a BOM, without which Excel takes it for GBK. */
export function templateText(language: Language): string {
  const zh = language === "zh";
  const keys = Object.keys(COLUMNS) as ColumnKey[];
  const heading = keys.map((key) => COLUMNS[key][language] + (key === "interval" ? (zh ? "(秒)" : " (s)") : ""));
  const rows = examples(zh).map((example) =>
    keys.map((key) => (key === "addressing" ? (zh ? "从0开始" : "zero") : (example[key] ?? ""))),
  );
  return `\uFEFF${[heading, ...rows].map((cells) => cells.map(quote).join(",")).join("\r\n")}\r\n`;
}

/** RFC 4180, 2.5–2.7. */
function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
