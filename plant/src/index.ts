/** Of the plant only what another program needs to start it and to talk to it: it is a process of its own. */
export { PlantClient, type PlantClientDeps, type PlantClientOptions } from "./control/client.ts";
export type {
  FaultList,
  PlantAnswers,
  PlantCommand,
  PlantEvent,
  PlantLine,
  PlantReady,
  TruthRecord,
} from "./control/protocol.ts";
export { HEADER_POINTS, type Point, PUMP_POINTS, type RawType, type Table, UNITS, type Unit } from "./modbus/points.ts";
export { FAULTS, type Fault, type FaultName, faultKey } from "./station/faults.ts";
export { type HeaderSignals, type PumpSignals, SENSORS, type Signals } from "./station/signals.ts";

/** What to run: `node <plantEntry> --port 0`. */
export const plantEntry: URL = new URL("./main.ts", import.meta.url);
