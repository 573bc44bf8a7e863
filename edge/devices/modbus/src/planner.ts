import type { Batch, DriverResource, DriverWrite } from "@jx/device-sdk";
import { AppError, messageOf } from "@jx/kit";
import { isBitTable, type ModbusAttributes, type Point, pointOf, READ_FUNCTION, type Table } from "./attributes.ts";
import { packBits } from "./codec.ts";
import { COIL_ON, MAX_WRITE_COILS, type Request } from "./pdu.ts";
import type { ReadLimits } from "./properties.ts";

/** One read: a run of addresses of one table, and the resources that lie in it. */
export interface ReadBatch extends Batch<ModbusAttributes> {
  readonly request: Request & { readonly quantity: number };
  /** One per resource, in its order, by rising address. */
  readonly points: readonly Point[];
}

interface Placed {
  readonly resource: DriverResource<ModbusAttributes>;
  readonly point: Point;
}

/** The fewest reads for these resources: within a table neighbours are joined up to the unit's limits. */
export function planReads(
  resources: readonly DriverResource<ModbusAttributes>[],
  limits: ReadLimits,
): readonly ReadBatch[] {
  const placed = resources.map((resource) => ({ resource, point: pointOf(resource) }));
  const batches: ReadBatch[] = [];
  for (const [table, members] of Map.groupBy(placed, ({ point }) => point.table)) {
    members.sort((a, b) => a.point.address - b.point.address || a.point.length - b.point.length);
    const limit = isBitTable(table) ? limits.maxBits : limits.maxRegisters;
    let run: Placed[] = [];
    let start = 0;
    let end = 0;
    for (const member of members) {
      const { address, length } = member.point;
      const newEnd = Math.max(end, address + length);
      if (run.length > 0 && (address - end > limits.maxGap || newEnd - start > limit)) {
        batches.push(toBatch(table, run));
        run = [];
      }
      if (run.length === 0) {
        start = address;
        end = address;
      }
      run.push(member);
      end = Math.max(end, address + length);
    }
    batches.push(toBatch(table, run));
  }
  return batches;
}

function toBatch(table: Table, run: readonly Placed[]): ReadBatch {
  const start = run[0]?.point.address ?? 0;
  const end = Math.max(...run.map(({ point }) => point.address + point.length));
  return {
    request: { function: READ_FUNCTION[table], address: start, quantity: end - start },
    resources: run.map(({ resource }) => resource),
    points: run.map(({ point }) => point),
  };
}

/** Two batches of about half the resources each; undefined when all of them share one address and cannot be parted. */
export function splitBatch(batch: ReadBatch): readonly [ReadBatch, ReadBatch] | undefined {
  const { points, resources } = batch;
  const middle = points.length / 2;
  let cut: number | undefined;
  for (let i = 1; i < points.length; i++) {
    const starts = points[i]?.address !== points[i - 1]?.address;
    if (starts && (cut === undefined || Math.abs(i - middle) < Math.abs(cut - middle))) cut = i;
  }
  const table = points[0]?.table;
  if (cut === undefined || table === undefined) return undefined;
  const placed = points.flatMap((point, i) => {
    const resource = resources[i];
    return resource === undefined ? [] : [{ point, resource }];
  });
  return [toBatch(table, placed.slice(0, cut)), toBatch(table, placed.slice(cut))];
}

/** One exchange of a write, or the read-modify-write of one bit of a register. */
export interface WriteStep {
  readonly resources: readonly string[];
  readonly action: Request | { readonly register: number; readonly bit: number; readonly on: boolean };
}

/**
 * In the order given. Neighbouring coils become one write (15), a single coil 5, a single register 6, more of them 16.
 * Throws NotAllowed for a table that cannot be written and ContractInvalid for a value that does not fit, before
 * anything has been sent.
 */
export function planWrites(writes: readonly DriverWrite<ModbusAttributes>[]): readonly WriteStep[] {
  const steps: WriteStep[] = [];
  let coils: { address: number; bits: boolean[]; names: string[] } | undefined;
  const flush = (): void => {
    if (coils !== undefined) steps.push({ resources: coils.names, action: writeCoils(coils.address, coils.bits) });
    coils = undefined;
  };
  for (const { resource, value } of writes) {
    const point = pointOf(resource);
    if (point.table === "discrete inputs" || point.table === "input registers") {
      throw new AppError(
        "NotAllowed",
        `resource "${resource.name}": ${point.table} can only be read; Modbus has no write for them`,
      );
    }
    if (point.form !== "bit") {
      flush();
      steps.push({
        resources: [resource.name],
        action: writeRegisters(resource.name, point.address, point.form, value),
      });
      continue;
    }
    const bit = requireBool(resource.name, value);
    if (
      coils === undefined ||
      point.address !== coils.address + coils.bits.length ||
      coils.bits.length === MAX_WRITE_COILS
    ) {
      flush();
      coils = { address: point.address, bits: [], names: [] };
    }
    coils.bits.push(bit);
    coils.names.push(resource.name);
  }
  flush();
  return steps;
}

function writeCoils(address: number, bits: readonly boolean[]): Request {
  if (bits.length === 1) return { function: 5, address, value: bits[0] === true ? COIL_ON : 0 };
  return { function: 15, address, quantity: bits.length, data: packBits(bits) };
}

function writeRegisters(
  name: string,
  address: number,
  form: Exclude<Point["form"], "bit">,
  value: DriverWrite<ModbusAttributes>["value"],
): WriteStep["action"] {
  if ("bit" in form) return { register: address, bit: form.bit, on: requireBool(name, value) };
  let data: Uint8Array;
  try {
    data = form.encode(value);
  } catch (error) {
    throw new AppError("ContractInvalid", `resource "${name}": ${messageOf(error)}`, { cause: error });
  }
  if (form.registers === 1) return { function: 6, address, value: ((data[0] ?? 0) << 8) | (data[1] ?? 0) };
  return { function: 16, address, quantity: form.registers, data };
}

function requireBool(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new AppError("ContractInvalid", `resource "${name}": ${String(value)} is no Bool; write true or false`);
}
