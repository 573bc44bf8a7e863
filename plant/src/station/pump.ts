/** One cooling pump with its motor: rotor, bearings, winding, and the seal-in circuit of its starter. */

export const RATED_SPEED = 1480; // rpm, four-pole motor at 50 Hz

/** Torques of the coasting rotor as deceleration, rpm/s: dry friction and the water's drag at rated speed. */
const COAST_FRICTION = 200;
const COAST_DRAG = 700;

/** Rise of each bearing over ambient at rated speed, K, and its time constant, s. */
const BEARING_RISE_DE = 10.8;
const BEARING_RISE_NDE = 10;
const BEARING_TAU = 60;
/** Extra friction heat of a failing drive-end bearing at rated speed, K: passes 42 °C about 12 s after 37 °C. */
const WEAR_RISE_DE = 34;
const WEAR_RISE_NDE = 5;
/** A bearing does not fail from one moment to the next: wear grows to its full effect within this time, s. */
const WEAR_TIME = 3;

const WINDING_RISE = 36; // K at 150 A
const WINDING_TAU = 150; // s
const NO_LOAD_CURRENT = 40; // A, magnetising
const KW_PER_AMPERE = 0.5444; // √3 · 0.38 kV · cos φ 0.88 · efficiency 0.94

export interface PumpState {
  /** Contactor closed. */
  running: boolean;
  /** Set by a stop command, cleared by reset; holds the starter off. */
  tripped: boolean;
  /** The last start command came while tripped. */
  startRefused: boolean;
  speed: number; // rpm
  speedSetpoint: number; // rpm
  rampTime: number; // s from standstill to rated speed
  bearingDe: number; // °C, drive end
  bearingNde: number; // °C, non-drive end
  winding: number; // °C
  vibration: number; // mm/s RMS
  current: number; // A
  shaftPower: number; // kW
  flow: number; // m³/h, set by the hydraulics
  energy: number; // kWh
  runTime: number; // s
  wear: number; // 0 healthy … 1 failing
}

/** A pump in thermal balance. */
export function initialPump(running: boolean, ambient: number): PumpState {
  const share = running ? 1450 / RATED_SPEED : 0;
  return {
    running,
    tripped: false,
    startRefused: false,
    speed: running ? 1450 : 0,
    speedSetpoint: 1450,
    rampTime: 3,
    bearingDe: ambient + BEARING_RISE_DE * share,
    bearingNde: ambient + BEARING_RISE_NDE * share,
    winding: ambient + (running ? WINDING_RISE * 0.9 : 0),
    vibration: 0,
    current: 0,
    shaftPower: 0,
    flow: running ? 412 : 0,
    energy: running ? 184_210 : 171_655,
    runTime: running ? 9_412_000 : 8_790_000,
    wear: 0,
  };
}

export interface PumpSurroundings {
  readonly ambient: number; // °C
  /** Head over the pump, MPa. */
  readonly head: number;
  /** The injected fault. */
  readonly overheat: boolean;
}

export function stepPump(pump: PumpState, around: PumpSurroundings, dt: number): void {
  stepRotor(pump, dt);
  const share = pump.speed / RATED_SPEED;
  stepWear(pump, around.overheat, dt);
  stepPower(pump, around.head, share, dt);
  stepHeat(pump, around.ambient, share, dt);
  // Unbalance grows with the square of speed; the frame resonates near 60 % and is heard while passing through it.
  const resonance = 2.2 * Math.max(0, 1 - Math.abs(share - 0.6) / 0.08);
  pump.vibration = 1.7 * share * share + resonance * share + 3.2 * pump.wear * share;
}

function stepRotor(pump: PumpState, dt: number): void {
  if (pump.running) {
    const most = (RATED_SPEED / Math.max(pump.rampTime, 0.5)) * dt;
    pump.speed += Math.max(-most, Math.min(most, pump.speedSetpoint - pump.speed));
    pump.runTime += dt;
    return;
  }
  const share = pump.speed / RATED_SPEED;
  pump.speed = Math.max(0, pump.speed - (COAST_FRICTION + COAST_DRAG * share * share) * dt);
}

function stepWear(pump: PumpState, overheat: boolean, dt: number): void {
  const change = dt / WEAR_TIME;
  pump.wear = overheat ? Math.min(1, pump.wear + change) : Math.max(0, pump.wear - change);
}

function stepPower(pump: PumpState, head: number, share: number, dt: number): void {
  const hydraulic = (head * pump.flow) / 3.6; // kW from MPa · m³/h
  const load = hydraulic / 0.74 + 7 * share ** 3 + 3 * pump.wear * share;
  const accelerating = pump.running ? Math.max(0, pump.speedSetpoint - pump.speed) / RATED_SPEED : 0;
  pump.shaftPower = pump.running ? load + 45 * accelerating : 0;
  pump.current = pump.running ? Math.hypot(NO_LOAD_CURRENT, pump.shaftPower / KW_PER_AMPERE) : 0;
  pump.energy += (pump.shaftPower * dt) / 3600;
}

/** First-order bodies: friction heat in proportion to speed against the loss to the surroundings. */
function stepHeat(pump: PumpState, ambient: number, share: number, dt: number): void {
  const de = ambient + (BEARING_RISE_DE + WEAR_RISE_DE * pump.wear) * share;
  const nde = ambient + (BEARING_RISE_NDE + WEAR_RISE_NDE * pump.wear) * share;
  pump.bearingDe += ((de - pump.bearingDe) / BEARING_TAU) * dt;
  pump.bearingNde += ((nde - pump.bearingNde) / BEARING_TAU) * dt;
  const winding = ambient + WINDING_RISE * (pump.current / 150) ** 2;
  pump.winding += ((winding - pump.winding) / WINDING_TAU) * dt;
}

export type PumpCommand = "start" | "stop" | "reset";

/** Undefined when the command was taken, else why not. */
export function commandPump(pump: PumpState, command: PumpCommand): string | undefined {
  if (command === "stop") {
    pump.running = false;
    pump.tripped = true;
    return undefined;
  }
  if (command === "reset") {
    pump.tripped = false;
    pump.startRefused = false;
    return undefined;
  }
  pump.startRefused = pump.tripped;
  if (pump.tripped) return "refused: the trip is latched; write the reset coil first";
  pump.running = true;
  return undefined;
}
