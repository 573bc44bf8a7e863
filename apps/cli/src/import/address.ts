import type { Bilingual } from "@jx/contracts";

/** EdgeX's primaryTable (protocols.md, last section). */
export type Table = "COILS" | "DISCRETES_INPUT" | "INPUT_REGISTERS" | "HOLDING_REGISTERS";
/** zero: the address on the wire, from 0. modicon: 40001 and 400001 are the first holding register. */
export type Addressing = "zero" | "modicon";

export interface Place {
  readonly table: Table;
  /** From 0. */
  readonly address: number;
}

/** MODBUS Application Protocol V1.1b3, 4.3: the digit that names the table in Modicon's notation. */
const TABLE_OF_DIGIT: Readonly<Record<string, Table>> = {
  "0": "COILS",
  "1": "DISCRETES_INPUT",
  "3": "INPUT_REGISTERS",
  "4": "HOLDING_REGISTERS",
};
const DIGIT_OF_TABLE: Readonly<Record<Table, string>> = {
  COILS: "0",
  DISCRETES_INPUT: "1",
  INPUT_REGISTERS: "3",
  HOLDING_REGISTERS: "4",
};

/** Where an address as written lies, or what is wrong with it. `table` is what another column says, if it does. */
export function placeOf(text: string, addressing: Addressing, table: Table | undefined): Place | Bilingual {
  if (/^\d+[.．]\d+$/.test(text)) {
    return {
      zh: `"${text}"：位号请写在"位"一列，这里只写寄存器地址`,
      en: `"${text}": write the bit into the column Bit and only the register here`,
    };
  }
  return addressing === "zero" ? zeroBased(text, table) : modicon(text, table);
}

function zeroBased(text: string, table: Table | undefined): Place | Bilingual {
  const value = /^(\d{1,6}|0x[0-9a-f]{1,5})$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 0xffff)) {
    return {
      zh: `"${text}" 不是从 0 开始的地址：应为 0 到 65535（40001 这样的地址请声明 --addressing modicon）`,
      en: `"${text}" is no address counted from 0: it should be 0 to 65535 (for 40001 and the like declare --addressing modicon)`,
    };
  }
  if (table === undefined) {
    return {
      zh: '地址从 0 开始时需要"区"一列：线圈、离散输入、输入寄存器或保持寄存器',
      en: "addresses counted from 0 need the column Table: coils, discrete inputs, input registers or holding registers",
    };
  }
  return { table, address: value };
}

/**
 * Five digits (40001–49999) or six (400001–465536). Excel drops leading zeros, so up to four digits are a coil; with
 * its zero written, "012345" is coil 12345.
 */
function modicon(text: string, table: Table | undefined): Place | Bilingual {
  const wrong: Bilingual = {
    zh: `"${text}" 不是 40001 式地址：应为 1–9999、10001–19999、30001–39999、40001–49999，或六位如 400001–465536`,
    en: `"${text}" is no address in the 40001 style: it should be 1–9999, 10001–19999, 30001–39999, 40001–49999, or six digits such as 400001–465536`,
  };
  if (!/^\d{1,6}$/.test(text)) return wrong;
  const digits = text.length < 5 ? text.padStart(5, "0") : text;
  const found = TABLE_OF_DIGIT[digits[0] ?? ""];
  const number = Number(digits.slice(1));
  if (found === undefined || number < 1 || number > 65_536) return wrong;
  if (table !== undefined && table !== found) {
    return {
      zh: `${text} 在${TABLE_NAMES[found].zh}区，而"区"一列写的是${TABLE_NAMES[table].zh}`,
      en: `${text} lies in the ${TABLE_NAMES[found].en}, but the column Table says ${TABLE_NAMES[table].en}`,
    };
  }
  return { table: found, address: number - 1 };
}

/** The way back, in six digits; for tests and messages. */
export function toModicon({ table, address }: Place): string {
  return DIGIT_OF_TABLE[table] + String(address + 1).padStart(5, "0");
}

export const TABLE_NAMES: Readonly<Record<Table, Bilingual>> = {
  COILS: { zh: "线圈", en: "coils" },
  DISCRETES_INPUT: { zh: "离散输入", en: "discrete inputs" },
  INPUT_REGISTERS: { zh: "输入寄存器", en: "input registers" },
  HOLDING_REGISTERS: { zh: "保持寄存器", en: "holding registers" },
};
