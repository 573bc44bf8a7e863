import { type Addressing, placeOf, type Table } from "../import/address.ts";
import { plain, TABLE_WORDS } from "../import/words.ts";
import { problem } from "../problem.ts";

export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly unit: number;
  readonly table: Table;
  /** From 0. */
  readonly address: number;
}

const EXAMPLE = "modbus-tcp://192.168.1.20:502/1/holding/0";

/** Reads "modbus-tcp://HOST[:PORT]/UNIT/TABLE/ADDRESS"; in Modicon's notation TABLE may be left out. @throws AppError usage */
export function parseTarget(text: string, addressing: Addressing): ProbeTarget {
  const wrong = (zh: string, en: string): Error =>
    problem("usage", `${zh}；例如 ${EXAMPLE}`, `${en}; write it like ${EXAMPLE}`);
  if (!/^modbus-tcp:\/\//i.test(text))
    throw wrong(`"${text}" 不是 Modbus TCP 地址`, `"${text}" is no Modbus TCP address`);
  let url: URL;
  let parts: string[];
  try {
    url = new URL(text);
    parts = url.pathname
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
  } catch {
    throw wrong(`"${text}" 中的主机、端口或路径不对`, `host, port or path in "${text}" is wrong`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (host === "") throw wrong("没有主机", "there is no host");
  const [unitText = "", ...rest] = parts;
  if (rest.length < 1 || rest.length > 2)
    throw wrong(`"${url.pathname}" 应为 /站号/区/地址`, `"${url.pathname}" should be /UNIT/TABLE/ADDRESS`);
  const unit = /^\d{1,3}$/.test(unitText) ? Number(unitText) : Number.NaN;
  if (!(unit <= 255)) throw wrong(`站号 "${unitText}" 应为 0 到 255`, `unit "${unitText}" should be 0 to 255`);
  const tableText = rest.length === 2 ? (rest[0] ?? "") : undefined;
  const table = tableText === undefined ? undefined : TABLE_WORDS.get(plain(tableText));
  if (tableText !== undefined && table === undefined) {
    throw wrong(
      `区 "${tableText}" 应为 coils、discrete、input 或 holding`,
      `table "${tableText}" should be coils, discrete, input or holding`,
    );
  }
  const place = placeOf(rest.at(-1) ?? "", addressing, table);
  if (!("table" in place)) throw wrong(place.zh, place.en);
  return { host, port: url.port === "" ? 502 : Number(url.port), unit, ...place };
}
