import type { Bilingual } from "@jx/contracts";
import { parseDurationMs } from "@jx/kit";
import { type Addressing, type Place, placeOf, type Table } from "./address.ts";
import type { CellRow } from "./cells.ts";
import { COLUMNS, type ColumnKey, type Heading } from "./columns.ts";
import {
  ACCESS_WORDS,
  type Access,
  ADDRESSING_WORDS,
  BYTES,
  byteOrder,
  type PointType,
  plain,
  TABLE_WORDS,
  TYPE_WORDS,
} from "./words.ts";

/** One row, understood. */
export interface PointRow {
  readonly row: number;
  readonly device: string;
  readonly resource: string;
  readonly description: string;
  /** undefined: another row of the device says it. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly unit: number | undefined;
  readonly table: Table;
  /** From 0. */
  readonly address: number;
  /** What the registers hold. */
  readonly type: PointType;
  /** Byte order on the wire; undefined is big-endian. */
  readonly order: string | undefined;
  readonly bit: number | undefined;
  readonly scale: number;
  readonly offset: number;
  readonly units: string;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly access: Access;
  /** A Go duration; "" is not polled. */
  readonly interval: string;
}

export interface RowProblem {
  readonly row: number;
  /** Heading of the column as the user wrote it. */
  readonly column: string;
  readonly message: Bilingual;
}

export interface RowOptions {
  readonly addressing: Addressing | undefined;
  /** Points without a word about access may be written where the table allows it. */
  readonly writable: boolean;
  /** A Go duration, for points that name none. */
  readonly interval: string;
}

const MAX_NAME = 200;

/** Reads one row; every problem of the row is told, not only the first. */
export function readRow(
  row: CellRow,
  heading: Heading,
  options: RowOptions,
): { point?: PointRow; problems: RowProblem[] } {
  const reader = new RowReader(row, heading);
  const point = readPoint(reader, heading, options);
  return reader.problems.length === 0 && point !== undefined ? { point, problems: [] } : { problems: reader.problems };
}

function readPoint(cells: RowReader, heading: Heading, options: RowOptions): PointRow | undefined {
  const device = cells.name("device");
  const resource = cells.name("resource");
  const place = readPlace(cells, options.addressing);
  const onBits = place?.table === "COILS" || place?.table === "DISCRETES_INPUT";
  const type = cells.word("type", TYPE_WORDS, onBits ? "Bool" : undefined);
  const bit = cells.integer("bit", 0, 15);
  const scale = cells.number("scale") ?? 1;
  const offset = cells.number("offset") ?? 0;
  const minimum = cells.number("minimum");
  const maximum = cells.number("maximum");
  const interval = readInterval(cells, heading, options.interval);
  const order = type === undefined ? undefined : readOrder(cells, type);
  const access = readAccess(cells, place?.table, options.writable);
  if (place !== undefined && type !== undefined) checkType(cells, place, type, bit, scale, offset);
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    cells.complain("minimum", `${minimum} 大于最大值 ${maximum}`, `${minimum} is greater than the maximum ${maximum}`);
  }
  if (scale === 0) cells.complain("scale", "系数不能是 0", "a scale of 0 makes every value 0");
  const endpoint = {
    host: readHost(cells),
    port: cells.integer("port", 1, 65_535),
    unit: cells.integer("unit", 0, 255),
  };
  if (place === undefined || type === undefined || access === undefined) return undefined;
  const texts = { description: cells.text("description"), units: cells.text("units") };
  return {
    row: cells.row,
    device,
    resource,
    ...texts,
    ...endpoint,
    ...place,
    type,
    order,
    bit,
    scale,
    offset,
    minimum,
    maximum,
    access,
    interval,
  };
}

function readPlace(cells: RowReader, declared: Addressing | undefined): Place | undefined {
  const table = cells.word("table", TABLE_WORDS, "");
  const addressing = cells.word("addressing", ADDRESSING_WORDS, declared);
  const text = cells.plainText("address");
  if (text === "") cells.complain("address", "地址是空的", "the address is empty");
  if (text === "" || addressing === undefined || table === undefined) return undefined;
  const place = placeOf(text, addressing, table === "" ? undefined : table);
  if ("table" in place) return place;
  cells.complain("address", place.zh, place.en);
  return undefined;
}

function checkType(
  cells: RowReader,
  place: Place,
  type: PointType,
  bit: number | undefined,
  scale: number,
  offset: number,
): void {
  const onBits = place.table === "COILS" || place.table === "DISCRETES_INPUT";
  if (onBits && type !== "Bool")
    cells.complain(
      "type",
      `线圈和离散输入只能是 Bool，不是 ${type}`,
      `coils and discrete inputs hold Bool only, not ${type}`,
    );
  if (bit !== undefined && (type !== "Bool" || onBits))
    cells.complain("bit", "只有寄存器里的 Bool 才有位号", "only a Bool in a register has a bit");
  if (!onBits && type === "Bool" && cells.text("bit") === "")
    cells.complain("bit", "寄存器里的 Bool 需要位号 0–15", "a Bool in a register needs its bit, 0–15");
  const registers = onBits ? 1 : BYTES[type] / 2;
  if (place.address + registers > 0x1_0000) {
    cells.complain(
      "address",
      `${type} 占 ${registers} 个寄存器，超出了 65535`,
      `${type} takes ${registers} registers, which goes beyond 65535`,
    );
  }
  if (scale === 1 && offset === 0) return;
  if (type === "Bool") cells.complain("scale", "Bool 不能有系数或偏移", "a Bool has neither scale nor offset");
  if (type === "Int64" || type === "Uint64") {
    cells.complain(
      "scale",
      `${type} 不能换算：请不写系数和偏移`,
      `${type} cannot be scaled: leave out scale and offset`,
    );
  }
}

function readOrder(cells: RowReader, type: PointType): string | undefined {
  const text = cells.text("order");
  if (text === "" || type === "Bool") return undefined;
  const bytes = BYTES[type];
  const order = byteOrder(text, bytes);
  if (order === undefined) {
    const example = bytes === 2 ? "AB, BA" : bytes === 4 ? "ABCD, CDAB, BADC, DCBA" : "ABCDEFGH, GHEFCDAB, HGFEDCBA";
    cells.complain(
      "order",
      `"${text}" 不是 ${type} 的字节序；可写 ${example}（A 为最高字节）或 大端、小端、字交换、字节交换`,
      `"${text}" is no byte order of ${type}; write ${example} (A is the most significant) or big, little, word swap, byte swap`,
    );
  }
  return order === "ABCDEFGH".slice(0, bytes) ? undefined : order;
}

function readAccess(cells: RowReader, table: Table | undefined, writable: boolean): Access | undefined {
  const canWrite = table === "COILS" || table === "HOLDING_REGISTERS";
  const access = cells.word("access", ACCESS_WORDS, writable && canWrite ? "RW" : "R");
  if (access !== undefined && access !== "R" && table !== undefined && !canWrite) {
    cells.complain("access", "离散输入和输入寄存器只能读", "discrete inputs and input registers can only be read");
  }
  return access;
}

function readInterval(cells: RowReader, heading: Heading, otherwise: string): string {
  const text = cells.plainText("interval");
  if (text === "") return otherwise;
  const bare = /^\d+(\.\d+)?$/.test(text);
  const written = bare && heading.intervalUnit !== undefined ? text + heading.intervalUnit : text;
  const shown = written.replace(/秒$/, "s").replace(/毫s$/, "ms");
  try {
    const ms = parseDurationMs(shown);
    if (ms === 0) return "";
    if (ms >= 1 && ms <= 86_400_000) return shown;
  } catch {
    // told below, with what would be right
  }
  cells.complain(
    "interval",
    `"${text}" 不是周期：写 500ms、1s 或 1m，0 表示不采集；或在表头注明单位，如 采集周期(秒)`,
    `"${text}" is no interval: write 500ms, 1s or 1m, 0 for not polled; or name the unit in the heading, such as Poll interval (s)`,
  );
  return "";
}

function readHost(cells: RowReader): string | undefined {
  const text = cells.plainText("host");
  if (text === "") return undefined;
  if (/^[a-z0-9._:-]{1,253}$/i.test(text)) return text;
  cells.complain("host", `"${text}" 不是主机名或 IP 地址`, `"${text}" is neither a host name nor an IP address`);
  return undefined;
}

class RowReader {
  readonly row: number;
  readonly problems: RowProblem[] = [];
  readonly #cells: readonly string[];
  readonly #heading: Heading;

  constructor(row: CellRow, heading: Heading) {
    this.row = row.row;
    this.#cells = row.cells;
    this.#heading = heading;
  }

  complain(key: ColumnKey, zh: string, en: string): void {
    const column = this.#heading.names.get(key) ?? `${COLUMNS[key].zh} / ${COLUMNS[key].en}`;
    this.problems.push({ row: this.row, column, message: { zh, en } });
  }

  text(key: ColumnKey): string {
    const at = this.#heading.at.get(key);
    return at === undefined ? "" : (this.#cells[at] ?? "");
  }

  /** In half width: "４０００１" is typed with a Chinese keyboard. */
  plainText(key: ColumnKey): string {
    return this.text(key).normalize("NFKC").trim();
  }

  name(key: "device" | "resource"): string {
    const text = this.text(key);
    if (text === "") this.complain(key, "不能为空", "this must not be empty");
    else if (text.length > MAX_NAME)
      this.complain(key, `名称长于 ${MAX_NAME} 个字符`, `a name has at most ${MAX_NAME} characters`);
    else if (/\p{Cc}/u.test(text))
      this.complain(key, "名称里有换行或控制字符", "a name has no line breaks or control characters");
    return text;
  }

  /** `otherwise` for an empty cell; when that is undefined too, the cell must say something. */
  word<T extends string, D extends T | "">(
    key: ColumnKey,
    words: ReadonlyMap<string, T>,
    otherwise: D | undefined,
  ): T | D | undefined {
    const text = this.text(key);
    if (text === "" && otherwise !== undefined) return otherwise;
    const meaning = words.get(plain(text));
    if (meaning === undefined) {
      const known = [...new Set(words.values())].join(", ");
      if (text === "") this.complain(key, `不能为空；可写 ${known}`, `this must not be empty; write one of ${known}`);
      else this.complain(key, `"${text}" 无法识别；可写 ${known}`, `"${text}" is not known; write one of ${known}`);
    }
    return meaning;
  }

  integer(key: ColumnKey, min: number, max: number): number | undefined {
    const text = this.plainText(key);
    if (text === "") return undefined;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.complain(
      key,
      `"${text}" 应为 ${min} 到 ${max} 的整数`,
      `"${text}" should be a whole number from ${min} to ${max}`,
    );
    return undefined;
  }

  number(key: ColumnKey): number | undefined {
    const text = this.plainText(key);
    if (text === "") return undefined;
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) && Number.isFinite(Number(text))) return Number(text);
    const hint = /^[+-]?\d+,\d+$/.test(text);
    this.complain(
      key,
      `"${text}" 不是数字${hint ? "：小数点请写成 ." : ""}`,
      `"${text}" is no number${hint ? ": write a point, and no comma" : ""}`,
    );
    return undefined;
  }
}
