/** The closed loop around the pumps: common header, control valve, heat exchanger, expansion tank. */
import { type PumpState, RATED_SPEED } from "./pump.ts";

/** Pump curve by the affinity laws: head = SHUT_OFF_HEAD · (n/n₀)² − PUMP_LOSS · Q², MPa and m³/h. */
const SHUT_OFF_HEAD = 0.6;
const PUMP_LOSS = 0.15 / 420 ** 2;
/** Loop: head = (PIPE_LOSS + VALVE_LOSS / kv²) · Q². The design point is 420 m³/h with the valve at 60 %. */
const PIPE_LOSS = 0.25 / 420 ** 2;
const VALVE_LOSS = 0.01316 / 420 ** 2;
const VALVE_RANGEABILITY = 30; // equal-percentage trim
const VALVE_RATE = 10; // %/s
const WATER_INERTIA = 0.4; // s

const STATIC_PRESSURE = 0.08; // MPa, the tank stands 8 m above the header
const METRE_OF_WATER = 0.0098; // MPa/m

const KJ_PER_M3_K = 4180;
const LEG_VOLUME = 8; // m³, each of supply and return
const EXCHANGER_EFFECTIVENESS = 0.6;
const RIVER_TEMPERATURE = 24; // °C

const TANK_AREA = 4; // m²
const LEAK = 0.06; // m³/h through the glands
const MAKEUP_FLOW = 3; // m³/h
const MAKEUP_BAND = 0.05; // m
const EXPANSION = (80 * 2.1e-4) / TANK_AREA; // m/K for 80 m³ of water

export interface HeaderState {
  valvePosition: number; // %
  valveCommand: number; // %
  /** Head over the pumps, MPa. */
  head: number;
  flow: number; // m³/h
  flowTotal: number; // m³
  supply: number; // °C
  return: number; // °C
  heatLoad: number; // kW
  tankLevel: number; // m
  tankLevelSetpoint: number; // m
  makeupEnabled: boolean;
  makeupOpen: boolean;
}

export function initialHeader(): HeaderState {
  return {
    valvePosition: 60,
    valveCommand: 60,
    head: 0.43,
    flow: 412,
    flowTotal: 1_204_300,
    supply: 27.3,
    return: 32.3,
    heatLoad: 2400,
    tankLevel: 1.58,
    tankLevelSetpoint: 1.6,
    makeupEnabled: true,
    makeupOpen: false,
  };
}

/** Pressure at the header's gauge, MPa. */
export function headerPressure(header: HeaderState): number {
  return header.head + STATIC_PRESSURE + METRE_OF_WATER * header.tankLevel;
}

/** `disturbance`: relative, around 0; the consumers' heat load is never quite constant. */
export function stepHeader(header: HeaderState, pumps: readonly PumpState[], disturbance: number, dt: number): void {
  const most = VALVE_RATE * dt;
  header.valvePosition += Math.max(-most, Math.min(most, header.valveCommand - header.valvePosition));
  stepHydraulics(header, pumps, dt);
  stepThermal(header, disturbance, dt);
}

function stepHydraulics(header: HeaderState, pumps: readonly PumpState[], dt: number): void {
  const kv = VALVE_RANGEABILITY ** (header.valvePosition / 100 - 1);
  const resistance = PIPE_LOSS + VALVE_LOSS / kv ** 2;
  const head = balancedHead(pumps, resistance);
  const lag = Math.min(1, dt / WATER_INERTIA);
  header.head += (head - header.head) * lag;
  header.flow = 0;
  for (const pump of pumps) {
    pump.flow += (pumpFlow(pump, head) - pump.flow) * lag;
    header.flow += pump.flow;
  }
  header.flowTotal += (header.flow * dt) / 3600;
}

/** What a pump delivers against `head`, m³/h; its check valve shuts when the header pushes harder. */
function pumpFlow(pump: PumpState, head: number): number {
  const surplus = SHUT_OFF_HEAD * (pump.speed / RATED_SPEED) ** 2 - head;
  return surplus > 0 ? Math.sqrt(surplus / PUMP_LOSS) : 0;
}

/** The head at which the pumps deliver what the loop takes; bisection, since delivery falls and demand rises with head. */
function balancedHead(pumps: readonly PumpState[], resistance: number): number {
  let low = 0;
  let high = SHUT_OFF_HEAD;
  for (let i = 0; i < 30; i++) {
    const head = (low + high) / 2;
    const delivered = pumps.reduce((sum, pump) => sum + pumpFlow(pump, head), 0);
    if (delivered > Math.sqrt(head / resistance)) low = head;
    else high = head;
  }
  return low;
}

function stepThermal(header: HeaderState, disturbance: number, dt: number): void {
  // The consumers run back when their water gets hot, so that a stopped loop stays below boiling.
  const runBack = Math.max(0, Math.min(1, (60 - header.return) / 15));
  header.heatLoad = 2400 * (1 + disturbance) * runBack;
  const exchange = header.flow / 3600 / LEG_VOLUME; // 1/s
  const before = header.supply + header.return;
  const cooled = header.return - EXCHANGER_EFFECTIVENESS * (header.return - RIVER_TEMPERATURE);
  const heating = header.heatLoad / (KJ_PER_M3_K * LEG_VOLUME); // K/s
  const supply = header.supply;
  header.supply += exchange * (cooled - header.supply) * dt;
  header.return += (exchange * (supply - header.return) + heating) * dt;
  const warming = (header.supply + header.return - before) / 2;

  if (!header.makeupEnabled || header.tankLevel > header.tankLevelSetpoint) header.makeupOpen = false;
  else if (header.tankLevel < header.tankLevelSetpoint - MAKEUP_BAND) header.makeupOpen = true;
  const balance = (header.makeupOpen ? MAKEUP_FLOW : 0) - (header.tankLevel > 0 ? LEAK : 0);
  const level = header.tankLevel + (balance / 3600 / TANK_AREA) * dt + EXPANSION * warming;
  header.tankLevel = Math.max(0, Math.min(2.5, level));
}
