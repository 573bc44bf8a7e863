/** Reads the plant with modbus-serial's client: a peer that shares no code with our driver. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { PUMP_POINTS } from "@jx/plant";
import modbus from "modbus-serial";
import type { EdgeProcess } from "./edge-process.ts";
import { askJson } from "./http.ts";

export interface PumpStates {
  readonly running: boolean;
  readonly tripped: boolean;
}

export interface PlantPeer {
  /** Discrete inputs of a pump's relay. */
  states(unit: number): Promise<PumpStates>;
  /** °C, as the instrument shows it. */
  bearingTemp(unit: number): Promise<number>;
  coil(unit: number, name: string): Promise<boolean>;
  write(unit: number, name: string): Promise<void>;
}

/** Connects to the plant that the edge has started. */
export async function plantPeer(t: TestContext, edge: EdgeProcess): Promise<PlantPeer> {
  const { plant } = await askJson<{ plant: { port?: number } }>(`${edge.url}/api/v3/demo`);
  // The package is CommonJS with a member `default`.
  const client = new modbus.default();
  await client.connectTCP("127.0.0.1", { port: plant.port ?? assert.fail("the plant has no port") });
  client.setTimeout(2_000);
  t.after(() => client.close(() => {}));
  // The library has one unit id for the whole client: requests go one after the other.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(unit: number, work: () => Promise<T>): Promise<T> => {
    const next = last.then(() => {
      client.setID(unit);
      return work();
    });
    last = next.catch(() => {});
    return next;
  };
  return {
    states: (unit) =>
      inTurn(unit, async () => {
        const { data } = await client.readDiscreteInputs(0, 3);
        return { running: data[address("Running")] === true, tripped: data[address("Tripped")] === true };
      }),
    bearingTemp: (unit) =>
      inTurn(
        unit,
        async () => (await client.readInputRegisters(address("BearingTempDE"), 1)).buffer.readInt16BE() / 10,
      ),
    coil: (unit, name) => inTurn(unit, async () => (await client.readCoils(address(name), 1)).data[0] === true),
    write: (unit, name) => inTurn(unit, async () => void (await client.writeCoil(address(name), true))),
  };
}

function address(name: string): number {
  return PUMP_POINTS.find((point) => point.name === name)?.address ?? assert.fail(`no point ${name}`);
}
