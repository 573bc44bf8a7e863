import { type Command, type Context, type Input, operand, wholeNumber } from "../command.ts";
import { TABLE_NAMES } from "../import/address.ts";
import { ADDRESSING_WORDS, BYTES, byteOrder, type PointType, plain, TYPE_WORDS } from "../import/words.ts";
import { formatValue } from "../output/format.ts";
import { titled } from "../output/table.ts";
import type { Meaning } from "../probe/meanings.ts";
import type { Cell } from "../probe/read.ts";
import { type ProbeTarget, parseTarget } from "../probe/target.ts";
import { problem } from "../problem.ts";

export const deviceProbe: Command = {
  name: "device probe",
  operands: "modbus-tcp://HOST[:PORT]/UNIT/TABLE/ADDRESS",
  count: [1, 1],
  summary: {
    zh: "读一个寄存器，看它可能是什么（边缘不必运行）",
    en: "read one register and see what it could be (no edge needed)",
  },
  options: {
    type: {
      value: "TYPE",
      summary: { zh: "只按此类型显示：Int16 … Float64", en: "as this type only: Int16 … Float64" },
    },
    order: {
      value: "ORDER",
      summary: { zh: "字节序：ABCD、CDAB、BADC、DCBA …", en: "byte order: ABCD, CDAB, BADC, DCBA …" },
    },
    "word-swap": { summary: { zh: "低字在前（CDAB）", en: "low word first (CDAB)" } },
    "byte-swap": { summary: { zh: "字内字节交换（BADC）", en: "bytes of each word swapped (BADC)" } },
    scale: { value: "X", summary: { zh: "系数", en: "scale" } },
    count: {
      value: "N",
      summary: { zh: "读几个单元（默认 4，最多 64）", en: "how many cells to read (default 4, at most 64)" },
    },
    addressing: {
      value: "zero|modicon",
      summary: { zh: "地址从 0 开始（默认），或 40001 式", en: "address from 0 (default) or in the 40001 style" },
    },
    timeout: { value: "MS", summary: { zh: "等待毫秒数（默认 3000）", en: "how long to wait, ms (default 3000)" } },
  },
  async run(input, context) {
    const addressing = ADDRESSING_WORDS.get(plain(input.text("addressing") ?? "zero"));
    if (addressing === undefined)
      throw problem("usage", "--addressing 应为 zero 或 modicon。", "--addressing should be zero or modicon.");
    const target = parseTarget(operand(input), addressing);
    const wanted = wantedMeaning(input);
    const count = Math.min(
      64,
      Math.max(wanted === undefined ? 1 : BYTES[wanted.type] / 2, wholeNumber(input, "count", 4)),
    );
    const timeoutMs = Math.max(1, wholeNumber(input, "timeout", 3_000));
    const { readCells } = await import("../probe/read.ts");
    const cells = await readCells(target, count, timeoutMs, context.signal);
    await show(target, cells, wanted, scaleOf(input), context);
    return 0;
  },
};

interface Wanted {
  readonly type: PointType;
  readonly order: string;
}

function wantedMeaning(input: Input): Wanted | undefined {
  const text = input.text("type");
  const order = input.text("order") ?? swapName(input.flag("word-swap"), input.flag("byte-swap"));
  const type = text === undefined ? undefined : TYPE_WORDS.get(plain(text));
  if (text === undefined && order === "big") return undefined;
  if (type === undefined || type === "Bool") {
    const known = [...new Set(TYPE_WORDS.values())].filter((one) => one !== "Bool").join(", ");
    throw problem(
      "usage",
      `--type "${text ?? ""}" 应为 ${known} 之一。`,
      `--type "${text ?? ""}" should be one of ${known}.`,
    );
  }
  if (byteOrder(order, BYTES[type]) !== undefined) return { type, order };
  throw problem("usage", `"${order}" 不是 ${type} 的字节序。`, `"${order}" is no byte order of ${type}.`);
}

function swapName(wordSwap: boolean, byteSwap: boolean): string {
  if (wordSwap) return byteSwap ? "little" : "wordswap";
  return byteSwap ? "byteswap" : "big";
}

function scaleOf(input: Input): number {
  const text = input.text("scale");
  const scale = text === undefined ? 1 : Number(text);
  if (Number.isFinite(scale)) return scale;
  throw problem("usage", `--scale "${text}" 不是数字。`, `--scale "${text}" is no number.`);
}

async function show(
  target: ProbeTarget,
  cells: readonly Cell[],
  wanted: Wanted | undefined,
  scale: number,
  context: Context,
): Promise<void> {
  const { meaningOf, meanings, isPlausible } = await import("../probe/meanings.ts");
  const registers = leading(cells);
  const one = wanted === undefined ? undefined : meaningOf(registers, wanted.type, wanted.order);
  if (wanted !== undefined && one === undefined) {
    throw problem(
      "failed",
      `${wanted.type} 需要 ${BYTES[wanted.type] / 2} 个寄存器，设备只给了 ${registers.length} 个。`,
      `${wanted.type} needs ${BYTES[wanted.type] / 2} registers; the unit gave ${registers.length}.`,
    );
  }
  const list = one === undefined ? meanings(registers) : [one];
  if (context.json) {
    const shown = cells.map(({ address, value, error }) => ({
      address,
      ...(error === undefined ? { value } : { error: error.message }),
    }));
    context.printJson({
      target,
      cells: shown,
      meanings: list.map((meaning) => ({ ...meaning, value: scaled(meaning, scale), plausible: isPlausible(meaning) })),
    });
    return;
  }
  const { say, paint, print } = context;
  print(
    say(
      `${target.host}:${target.port} 站号 ${target.unit}，${TABLE_NAMES[target.table].zh}，地址 ${target.address}（从 0 开始）`,
      `${target.host}:${target.port} unit ${target.unit}, ${TABLE_NAMES[target.table].en}, address ${target.address} (from 0)`,
    ),
  );
  print("");
  print(
    titled(
      paint,
      [say("地址", "Address"), say("十六进制", "Hex"), say("十进制", "Decimal"), say("二进制", "Bits 15…0")],
      cells.map((cell) => cellRow(cell, context)),
    ),
  );
  if (list.length === 0) return;
  const rows = list.map((meaning) => {
    const row = [meaning.type, meaning.order, String(meaning.registers), formatValue(scaled(meaning, scale))];
    return isPlausible(meaning) ? row : row.map((text) => paint.dim(text));
  });
  const title = scale === 1 ? say("值", "Value") : say(`值 × ${scale}`, `Value × ${scale}`);
  print(`\n${titled(paint, [say("类型", "Type"), say("字节序", "Order"), say("寄存器数", "Registers"), title], rows)}`);
  print(
    `\n${say("像测量值的那一行就是类型和字节序（A 为最高字节）；写进点表的 数据类型 和 字节序 两列。", "The row that looks like the measurement tells type and order (A is the most significant byte): write them into Type and Byte order of the points table.")}`,
  );
}

function scaled({ value }: Meaning, scale: number): number | bigint {
  return scale === 1 ? value : Number(value) * scale;
}

/** The registers before the first that the unit refused. */
function leading(cells: readonly Cell[]): number[] {
  const end = cells.findIndex(({ value }) => typeof value !== "number");
  return (end < 0 ? cells : cells.slice(0, end)).map(({ value }) => Number(value));
}

function cellRow({ address, value, error }: Cell, { say, paint }: Context): string[] {
  if (error !== undefined)
    return [String(address), "–", "–", paint.dim(say("设备没有这个地址", "the unit refuses this address"))];
  if (typeof value === "boolean") return [String(address), "", value ? "1" : "0", ""];
  const bits = (value ?? 0)
    .toString(2)
    .padStart(16, "0")
    .replaceAll(/(.{4})(?=.)/g, "$1 ");
  return [String(address), `0x${(value ?? 0).toString(16).toUpperCase().padStart(4, "0")}`, String(value), bits];
}
