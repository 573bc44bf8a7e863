import { modbusDriver } from "@jx/device-modbus";
import { type AppError, isAppError } from "@jx/kit";
import type { ProbeTarget } from "./target.ts";

/** A cell of the device: its address, and what stands there or why nothing does. */
export interface Cell {
  readonly address: number;
  readonly value?: number | boolean;
  readonly error?: AppError;
}

/**
 * Reads `count` neighbouring cells through the very driver that will poll the device later. What the unit refuses is
 * told cell by cell, because many maps end right behind the one that is wanted.
 * @throws AppError when there is no connection or no valid answer
 */
export async function readCells(
  target: ProbeTarget,
  count: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Cell[]> {
  const bits = target.table === "COILS" || target.table === "DISCRETES_INPUT";
  const valueType = bits ? "Bool" : "Uint16";
  const addresses = Array.from({ length: Math.min(count, 0x1_0000 - target.address) }, (_, i) => target.address + i);
  const properties = {
    Address: target.host,
    Port: String(target.port),
    UnitID: String(target.unit),
    Timeout: `${timeoutMs}ms`,
  };
  const resources = addresses.map((address) => {
    const attributes = { primaryTable: target.table, startingAddress: String(address) };
    const name = String(address);
    return {
      name,
      valueType,
      attributes,
      resource: { name, properties: { valueType, readWrite: "R" }, attributes },
    } as const;
  });
  const log = { debug: () => undefined, warn: () => undefined };
  await using session = await modbusDriver.open(properties, { signal, log });
  const cells = new Map<number, Cell>();
  for (const batch of modbusDriver.plan(resources, properties)) {
    const samples = await session.read(batch, properties, { signal, timeoutMs });
    samples.forEach((sample, i) => {
      const address = Number(batch.resources[i]?.name);
      cells.set(
        address,
        "error" in sample ? { address, error: sample.error } : { address, value: sample.value as number | boolean },
      );
    });
  }
  const first = cells.get(target.address);
  if (first?.error !== undefined && isAppError(first.error)) throw first.error;
  return addresses.flatMap((address) => cells.get(address) ?? []);
}
