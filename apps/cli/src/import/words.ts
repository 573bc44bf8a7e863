/** The words that a cell may hold, by meaning. Compared without letter case, blanks, "_" and "-", and in half width. */
import type { Addressing, Table } from "./address.ts";

export function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s_\-*]/g, "");
}

function dictionary<T extends string>(words: Readonly<Record<T, string>>): ReadonlyMap<string, T> {
  return new Map(
    Object.entries<string>(words).flatMap(([meaning, list]) =>
      [meaning, ...list.split(/\s+/)].map((word): [string, T] => [plain(word), meaning as T]),
    ),
  );
}

// Function codes are left out on purpose: "3" is holding registers as a function and input registers as "3x".
export const TABLE_WORDS = dictionary<Table>({
  COILS: "coil 线圈 线圈寄存器 0x 0区 do",
  DISCRETES_INPUT:
    "discreteinput discreteinputs discretesinputs DISCRETE_INPUTS 离散输入 离散量输入 输入状态 1x 1区 di",
  INPUT_REGISTERS: "input inputs inputregister 输入寄存器 3x 3区",
  HOLDING_REGISTERS: "holding holdingregister 保持寄存器 4x 4区",
});

export type PointType = "Bool" | "Int16" | "Uint16" | "Int32" | "Uint32" | "Int64" | "Uint64" | "Float32" | "Float64";

export const TYPE_WORDS = dictionary<PointType>({
  Bool: "boolean bit 位 布尔 布尔量 开关量",
  Int16: "short 有符号16位 16位有符号 16位整数",
  Uint16: "ushort word 无符号16位 16位无符号",
  Int32: "dint 有符号32位 32位有符号 32位整数",
  Uint32: "udint dword 无符号32位 32位无符号",
  Int64: "lint 有符号64位 64位有符号 64位整数",
  Uint64: "ulint lword 无符号64位 64位无符号",
  Float32: "float real 单精度 单精度浮点 浮点 浮点数 32位浮点 32位浮点数",
  Float64: "double lreal 双精度 双精度浮点 64位浮点 64位浮点数",
});

export const BYTES: Readonly<Record<PointType, 2 | 4 | 8>> = {
  Bool: 2,
  Int16: 2,
  Uint16: 2,
  Int32: 4,
  Uint32: 4,
  Int64: 8,
  Uint64: 8,
  Float32: 4,
  Float64: 8,
};

export type Access = "R" | "W" | "RW";

export const ACCESS_WORDS = dictionary<Access>({
  R: "read ro readonly 读 只读",
  W: "write wo writeonly 写 只写",
  RW: "wr r/w readwrite read/write 读写 可读写 可写 读/写",
});

export const ADDRESSING_WORDS = dictionary<Addressing>({
  zero: "0 0based zerobased 从0 从0开始 0起 零基",
  modicon: "40001 1based 从1 从1开始 plc 莫迪康 40001式",
});

type OrderName = "big" | "little" | "wordswap" | "byteswap";
const ORDER_NAMES = dictionary<OrderName>({
  big: "bigendian 大端 高字在前 高位在前",
  little: "littleendian 小端 全反",
  wordswap: "swap wordswapped 字交换 低字在前 低位在前",
  byteswap: "byteswapped 字节交换",
});

/** Byte order on the wire, A the most significant ("CDAB": low word first); undefined when the text is none for so many bytes. */
export function byteOrder(text: string, bytes: 2 | 4 | 8): string | undefined {
  const straight = "ABCDEFGH".slice(0, bytes);
  const name = ORDER_NAMES.get(plain(text));
  if (name !== undefined) return ordered(name, straight);
  const letters = plain(text).toUpperCase();
  return letters.length === bytes && [...letters].sort().join("") === straight ? letters : undefined;
}

function ordered(name: OrderName, straight: string): string {
  const words = straight.match(/../g) ?? [];
  const swapped = (word: string): string => word.slice(1) + word.slice(0, 1);
  if (name === "big") return straight;
  if (name === "wordswap") return words.toReversed().join("");
  if (name === "byteswap") return words.map(swapped).join("");
  return [...straight].reverse().join("");
}
