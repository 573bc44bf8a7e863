import type { DriverResource } from "@jx/device-sdk";
import { AppError } from "@jx/kit";
import { type Static, Type } from "typebox";
import { bytesOf, isByteOrder, isRegisterType, type RegisterCodec, type RegisterType, registerCodec } from "./codec.ts";
import type { ReadFunction } from "./pdu.ts";

const Switch = Type.Union([Type.Boolean(), Type.String(), Type.Number()]);

/**
 * The attributes of device-modbus-go (internal/driver/deviceclient.go, createCommandInfo), and `byteOrder` of our own.
 * Only the form is checked here; `pointOf` gives them their meaning.
 */
export const AttributeSchema = Type.Object({
  primaryTable: Type.String({
    description: "COILS, DISCRETES_INPUT (or DISCRETE_INPUTS), INPUT_REGISTERS or HOLDING_REGISTERS, in any case",
  }),
  startingAddress: Type.Union([Type.String(), Type.Number()], {
    description: 'Address from 0; a bit of a register after a dot, in two digits: "10.05" is bit 5 of register 10',
  }),
  rawType: Type.Optional(
    Type.String({ description: "What the registers of a Float32 or Float64 hold: Int16, Uint16, Int32 or Uint32" }),
  ),
  isByteSwap: Type.Optional(Switch),
  isWordSwap: Type.Optional(Switch),
  byteOrder: Type.Optional(
    Type.String({
      description: "Order of the bytes on the wire, A the most significant: AB, ABCD, CDAB, BADC, DCBA, GHEFCDAB …",
    }),
  ),
});
export type ModbusAttributes = Static<typeof AttributeSchema>;

export type Table = "coils" | "discrete inputs" | "input registers" | "holding registers";

const TABLES: ReadonlyMap<string, Table> = new Map([
  ["COILS", "coils"],
  ["DISCRETES_INPUT", "discrete inputs"],
  ["DISCRETE_INPUTS", "discrete inputs"],
  ["INPUT_REGISTERS", "input registers"],
  ["HOLDING_REGISTERS", "holding registers"],
]);

/** V1.1b3, 6.1–6.4. */
export const READ_FUNCTION: Readonly<Record<Table, ReadFunction>> = {
  coils: 1,
  "discrete inputs": 2,
  "holding registers": 3,
  "input registers": 4,
};

/** Where a resource lies and what is there. */
export interface Point {
  readonly table: Table;
  /** From 0. */
  readonly address: number;
  /** Bits of a bit table, registers of a register table. */
  readonly length: number;
  /** A coil or input; a bit of a register, 0 the lowest; a number in registers. */
  readonly form: "bit" | { readonly bit: number } | RegisterCodec;
}

export function isBitTable(table: Table): boolean {
  return table === "coils" || table === "discrete inputs";
}

/** Throws ContractInvalid naming the resource, the attribute and what would be right. */
export function pointOf(resource: Pick<DriverResource<ModbusAttributes>, "name" | "valueType" | "attributes">): Point {
  const { name, valueType, attributes } = resource;
  const invalid = (text: string): AppError => new AppError("ContractInvalid", `resource "${name}": ${text}`);
  const table = TABLES.get(attributes.primaryTable.toUpperCase());
  if (table === undefined) {
    throw invalid(`primaryTable "${attributes.primaryTable}" is none of ${[...TABLES.keys()].join(", ")}`);
  }
  const start = parseAddress(attributes.startingAddress);
  if (start === undefined) {
    throw invalid(
      `startingAddress ${JSON.stringify(attributes.startingAddress)} is no address; write 0–65535, or "10.05" for bit 5 of register 10`,
    );
  }
  if (start.bit !== 0 && (valueType !== "Bool" || isBitTable(table))) {
    throw invalid(
      `startingAddress ${JSON.stringify(attributes.startingAddress)} names bit ${start.bit}; only a Bool on registers has bits`,
    );
  }
  const form = formOf(table, valueType, start.bit, attributes, invalid);
  const length = typeof form === "object" && "registers" in form ? form.registers : 1;
  if (start.address + length > 0x10000)
    throw invalid(`address ${start.address} and ${length} registers go beyond 65535`);
  return { table, address: start.address, length, form };
}

function formOf(
  table: Table,
  valueType: string,
  bit: number,
  attributes: ModbusAttributes,
  invalid: (text: string) => AppError,
): Point["form"] {
  if (isBitTable(table)) {
    if (valueType !== "Bool") throw invalid(`${table} hold Bool only, not ${valueType}`);
    return "bit";
  }
  if (valueType === "Bool") {
    if (bit > 15) {
      throw invalid(
        `bit ${bit} is out of range, a register has bits 0 to 15; a number takes two digits after the dot: 10.05 or "10.5" is bit 5`,
      );
    }
    return { bit };
  }
  if (!isRegisterType(valueType)) {
    throw invalid(
      `${valueType} cannot be read from ${table}; use Bool, Int16, Uint16, Int32, Uint32, Int64, Uint64, Float32 or Float64${valueType.endsWith("nt8") ? " (an 8-bit part: Uint16 with mask and shift)" : ""}`,
    );
  }
  const raw = rawTypeOf(valueType, attributes.rawType, invalid);
  return registerCodec(valueType, raw, orderOf(raw, attributes, invalid));
}

function rawTypeOf(type: RegisterType, given: string | undefined, invalid: (text: string) => AppError): RegisterType {
  if (given === undefined) return type;
  const raw = (["Int16", "Uint16", "Int32", "Uint32", "Float32", "Float64"] as const).find(
    (known) => known.toLowerCase() === given.toLowerCase(),
  );
  const onIntegers = type === "Float32" || type === "Float64" ? raw?.includes("nt") === true : false;
  if (raw === undefined || (raw !== type && !onIntegers)) {
    throw invalid(
      `rawType "${given}" does not go with ${type}; Float32 and Float64 may stand on Int16, Uint16, Int32 or Uint32`,
    );
  }
  return raw;
}

function orderOf(
  raw: RegisterType,
  attributes: ModbusAttributes,
  invalid: (text: string) => AppError,
): string | undefined {
  const byteSwap = parseSwitch(attributes.isByteSwap);
  const wordSwap = parseSwitch(attributes.isWordSwap);
  if (byteSwap === undefined || wordSwap === undefined) throw invalid("isByteSwap and isWordSwap are true or false");
  const order = attributes.byteOrder?.toUpperCase();
  if (order !== undefined) {
    if (!isByteOrder(order, bytesOf(raw))) {
      throw invalid(
        `byteOrder "${attributes.byteOrder}" must name each of ${"ABCDEFGH".slice(0, bytesOf(raw))} once: ${raw} has ${bytesOf(raw)} bytes`,
      );
    }
    if (byteSwap || wordSwap) throw invalid("byteOrder says it all; leave out isByteSwap and isWordSwap");
    return order;
  }
  // Upstream swaps 32-bit types only and ignores the attributes on all others, so profiles have them there unused.
  if (bytesOf(raw) !== 4) return undefined;
  if (byteSwap) return wordSwap ? "DCBA" : "BADC";
  return wordSwap ? "CDAB" : undefined;
}

/**
 * Upstream prints a float with two digits and splits at the dot: YAML's 10.10 is the float 10.1, printed "10.10", so
 * bit 10; a string stays as it is: "10.1" is bit 1. A leading zero would be octal there: not taken.
 */
function parseAddress(given: string | number): { address: number; bit: number } | undefined {
  const text = typeof given === "string" ? given.trim() : given.toFixed(2);
  const match = /^(0|[1-9]\d{0,4}|0x[0-9a-f]{1,4})(?:\.(\d{1,3}))?$/i.exec(text);
  if (match === null) return undefined;
  const address = Number(match[1]);
  return address > 0xffff ? undefined : { address, bit: Number(match[2] ?? 0) };
}

/** As Go's strconv.ParseBool, which upstream's cast uses. */
function parseSwitch(given: boolean | string | number | undefined): boolean | undefined {
  const text = String(given ?? false);
  if (/^(1|t|true)$/i.test(text)) return true;
  return /^(0|f|false)$/i.test(text) ? false : undefined;
}
