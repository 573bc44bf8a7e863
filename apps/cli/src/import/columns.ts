import type { Bilingual } from "@jx/contracts";
import { problem } from "../problem.ts";
import type { CellRow } from "./cells.ts";
import { plain } from "./words.ts";

export type ColumnKey =
  | "device"
  | "resource"
  | "description"
  | "host"
  | "port"
  | "unit"
  | "table"
  | "address"
  | "addressing"
  | "type"
  | "order"
  | "bit"
  | "scale"
  | "offset"
  | "units"
  | "minimum"
  | "maximum"
  | "access"
  | "interval";

interface Column extends Bilingual {
  /** Other headings it is known by, blank-separated. */
  readonly also?: string;
  readonly required?: true;
}

/** In the order of the template. */
export const COLUMNS: Readonly<Record<ColumnKey, Column>> = {
  device: { zh: "设备", en: "Device", also: "设备名 设备名称 装置 devicename", required: true },
  resource: {
    zh: "测点",
    en: "Resource",
    also: "点名 测点名 测点名称 点位 变量 变量名 资源 名称 point pointname tag tagname name variable",
    required: true,
  },
  description: { zh: "说明", en: "Description", also: "描述 备注 注释 comment remark" },
  host: { zh: "主机", en: "Host", also: "IP IP地址 主机地址 ipaddress hostname" },
  port: { zh: "端口", en: "Port", also: "TCP端口 tcpport" },
  unit: {
    zh: "站号",
    en: "Unit ID",
    also: "从站 从站号 从站地址 单元号 设备地址 unit slave slaveid station stationno",
  },
  table: { zh: "区", en: "Table", also: "寄存器区 寄存器类型 存储区 数据区 primarytable area registertype memory" },
  address: {
    zh: "地址",
    en: "Address",
    also: "寄存器地址 起始地址 register registeraddress startingaddress",
    required: true,
  },
  addressing: { zh: "编址", en: "Addressing", also: "编址方式 地址方式 addressmode" },
  type: { zh: "数据类型", en: "Type", also: "类型 valuetype datatype format" },
  order: { zh: "字节序", en: "Byte order", also: "字序 大小端 wordorder endian endianness" },
  bit: { zh: "位", en: "Bit", also: "位号 bitno bitnumber" },
  scale: { zh: "系数", en: "Scale", also: "倍率 比例 比例系数 乘数 factor multiplier gain" },
  offset: { zh: "偏移", en: "Offset", also: "偏移量 零点 加数" },
  units: { zh: "单位", en: "Units", also: "工程单位 eu engineeringunit engineeringunits" },
  minimum: { zh: "最小值", en: "Minimum", also: "下限 量程下限 min low" },
  maximum: { zh: "最大值", en: "Maximum", also: "上限 量程上限 max high" },
  access: { zh: "读写", en: "Access", also: "读写属性 权限 readwrite rw" },
  interval: { zh: "采集周期", en: "Poll interval", also: "周期 轮询周期 采样周期 interval period pollrate scanrate" },
};

const KEYS = Object.keys(COLUMNS) as ColumnKey[];
const BY_HEADING: ReadonlyMap<string, ColumnKey> = new Map(
  KEYS.flatMap((key) => {
    const { zh, en, also = "" } = COLUMNS[key];
    return [zh, en, key, ...also.split(" ")]
      .filter((word) => word !== "")
      .map((word): [string, ColumnKey] => [plain(word), key]);
  }),
);

export interface Heading {
  /** Column → index of its cell. */
  readonly at: ReadonlyMap<ColumnKey, number>;
  /** The heading as the user wrote it, for messages. */
  readonly names: ReadonlyMap<ColumnKey, string>;
  /** Headings that mean nothing to us. */
  readonly unused: readonly string[];
  /** Unit of a bare number in the interval column, from a heading such as "采集周期(ms)". */
  readonly intervalUnit: "s" | "ms" | undefined;
}

/** @throws AppError bad-file: columns missing or twice */
export function readHeading(row: CellRow | undefined, file: string): Heading {
  if (row === undefined)
    throw problem(
      "bad-file",
      `${file} 是空的；jx device template 给出模板。`,
      `${file} is empty; jx device template makes a template.`,
    );
  const at = new Map<ColumnKey, number>();
  const names = new Map<ColumnKey, string>();
  const unused: string[] = [];
  let intervalUnit: Heading["intervalUnit"];
  for (const [i, text] of row.cells.entries()) {
    const { name, note } = splitNote(text);
    const key = BY_HEADING.get(plain(text)) ?? BY_HEADING.get(plain(name));
    if (key === undefined) {
      if (text !== "") unused.push(text);
      continue;
    }
    if (at.has(key)) {
      throw problem(
        "bad-file",
        `${file}：列 "${text}" 与 "${names.get(key)}" 意思相同，只能有一列。`,
        `${file}: the columns "${text}" and "${names.get(key)}" mean the same; keep one.`,
      );
    }
    at.set(key, i);
    names.set(key, text);
    if (key === "interval") intervalUnit = intervalUnitOf(note);
  }
  const missing = KEYS.filter((key) => COLUMNS[key].required === true && !at.has(key));
  if (missing.length > 0) {
    const zh = missing.map((key) => COLUMNS[key].zh).join("、");
    const en = missing.map((key) => COLUMNS[key].en).join(", ");
    const found = row.cells.filter((cell) => cell !== "").join(" | ");
    throw problem(
      "bad-file",
      `${file} 第 ${row.row} 行缺少列：${zh}（看到：${found}）。jx device template 给出模板。`,
      `${file}, row ${row.row}: columns missing: ${en} (found: ${found}). jx device template makes a template.`,
    );
  }
  return { at, names, unused, intervalUnit };
}

/** "采集周期(ms)" → name and what stands in the brackets. */
function splitNote(text: string): { name: string; note: string } {
  const match = /^(.*?)[(（[【](.*)[)）\]】]\s*$/.exec(text);
  return { name: match?.[1] ?? text, note: match?.[2] ?? "" };
}

function intervalUnitOf(note: string): "s" | "ms" | undefined {
  if (/^(ms|毫秒)$/i.test(note.trim())) return "ms";
  return /^(s|sec|second|seconds|秒)$/i.test(note.trim()) ? "s" : undefined;
}
