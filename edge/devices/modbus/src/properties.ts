import { AppError, parseDurationMs } from "@jx/kit";
import { type Static, type TSchema, Type } from "typebox";
import { MAX_READ_BITS, MAX_READ_REGISTERS } from "./pdu.ts";

const Integer = (description: string) => Type.Union([Type.String(), Type.Integer()], { description });
const Duration = (description: string) =>
  Type.Union([Type.String(), Type.Number()], { description: `${description}; seconds or a Go duration ("500ms")` });
const Optional = <S extends TSchema>(schema: S) => Type.Optional(schema);

/** `protocols["modbus-tcp"]` as device-modbus-go has it (internal/driver/config.go), then limits of our own. */
export const PropertySchema = Type.Object({
  Address: Type.String({ minLength: 1, description: "Host name or IP address" }),
  Port: Integer("TCP port, usually 502"),
  UnitID: Integer("Unit (slave) behind the address, 0–255; hexadecimal as 0x11"),
  Timeout: Optional(Duration("How long to wait for an answer; without it the service's own limit counts")),
  IdleTimeout: Optional(Duration("Close the connection when unused for so long; 0 or less keeps it open")),
  ConnectDelay: Optional(Duration("Wait after connecting before the first request")),
  // Upstream retries inside its client; here the SDK reconnects with back-off, so these two have nothing to say.
  ProtocolRecoveryTimeout: Optional(Duration("Accepted for EdgeX's sake, without effect")),
  LinkRecoveryTimeout: Optional(Duration("Accepted for EdgeX's sake, without effect")),
  MaxGap: Optional(Integer("Unused addresses that one read may bridge, default 0")),
  MaxRegisters: Optional(Integer(`Registers that the unit gives in one answer, 1–${MAX_READ_REGISTERS}`)),
  MaxBits: Optional(Integer(`Coils or inputs that the unit gives in one answer, 1–${MAX_READ_BITS}`)),
  MaxInFlight: Optional(Integer("Requests that the unit takes before it has answered the first, 1–16, default 1")),
});
export type ModbusProperties = Static<typeof PropertySchema>;

/** The same, checked and typed. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly unit: number;
  /** Milliseconds for one answer; undefined when the SDK's limit counts. */
  readonly timeoutMs: number | undefined;
  /** Milliseconds; 0 keeps the connection open. */
  readonly idleTimeoutMs: number;
  readonly connectDelayMs: number;
  readonly limits: ReadLimits;
  readonly maxInFlight: number;
}

export interface ReadLimits {
  readonly maxGap: number;
  readonly maxRegisters: number;
  readonly maxBits: number;
}

const parsed = new WeakMap<ModbusProperties, Endpoint>();

/** Throws ContractInvalid naming the property and what would be right. Asked for at every read, so remembered. */
export function endpointOf(properties: ModbusProperties): Endpoint {
  const known = parsed.get(properties);
  if (known !== undefined) return known;
  const integer = (key: keyof ModbusProperties, min: number, max: number, otherwise?: number): number =>
    parseInteger(key, properties[key], min, max, otherwise);
  const timeoutMs = parseDelay("Timeout", properties.Timeout);
  const endpoint: Endpoint = {
    host: properties.Address.trim(),
    port: integer("Port", 1, 65535),
    unit: integer("UnitID", 0, 255),
    timeoutMs: timeoutMs > 0 ? timeoutMs : undefined,
    idleTimeoutMs: Math.max(0, parseDelay("IdleTimeout", properties.IdleTimeout)),
    connectDelayMs: Math.max(0, parseDelay("ConnectDelay", properties.ConnectDelay)),
    limits: {
      maxGap: integer("MaxGap", 0, MAX_READ_BITS, 0),
      maxRegisters: integer("MaxRegisters", 1, MAX_READ_REGISTERS, MAX_READ_REGISTERS),
      maxBits: integer("MaxBits", 1, MAX_READ_BITS, MAX_READ_BITS),
    },
    maxInFlight: integer("MaxInFlight", 1, 16, 1),
  };
  parsed.set(properties, endpoint);
  return endpoint;
}

function parseInteger(key: string, given: unknown, min: number, max: number, otherwise?: number): number {
  const text = given === undefined && otherwise !== undefined ? String(otherwise) : String(given).trim();
  const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new AppError(
    "ContractInvalid",
    `protocol property ${key} is ${JSON.stringify(given)}; it must be a whole number from ${min} to ${max}`,
  );
}

const MAX_DELAY_MS = 24 * 3_600_000;

/** Milliseconds. A bare number is seconds, as upstream has it. */
function parseDelay(key: string, given: string | number | undefined): number {
  if (given === undefined) return 0;
  const text = String(given).trim();
  let ms: number;
  try {
    ms = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDurationMs(text);
  } catch (error) {
    throw new AppError(
      "ContractInvalid",
      `protocol property ${key}: "${text}" is neither seconds nor a duration such as 500ms or 1m30s`,
      { cause: error },
    );
  }
  if (ms > MAX_DELAY_MS)
    throw new AppError("ContractInvalid", `protocol property ${key}: "${text}" is longer than a day`);
  return ms;
}
