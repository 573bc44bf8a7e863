import type { AutoEvent, Device, DeviceProfile, DeviceResource } from "@jx/contracts";
import { HEADER_POINTS, type Point, PUMP_POINTS, UNITS } from "@jx/plant";

/** Everything of the demo carries this label; `jx demo off` removes what has it and nothing else. */
export const DEMO_LABEL = "jx-demo";
export const DEMO_SERVICE = "device-modbus";

const DEVICE_NAMES: Readonly<Record<string, string>> = {
  pump1: "CCW-Pump-1",
  pump2: "CCW-Pump-2",
  header: "CCW-Header",
};
const PUMP_PROFILE = "CCW-Pump";
const HEADER_PROFILE = "CCW-Header";

/** The profiles of the station, written from the plant's own register map. */
export function demoProfiles(): DeviceProfile[] {
  return [
    profile(PUMP_PROFILE, "闭式冷却水泵 / closed-cooling-water pump", PUMP_POINTS),
    profile(HEADER_PROFILE, "闭式冷却水母管 / closed-cooling-water header", HEADER_POINTS),
  ];
}

export function demoDevices(port: number): Device[] {
  return UNITS.map(({ unit, device, zh, en }) => ({
    name: DEVICE_NAMES[device] ?? device,
    description: `${zh} / ${en}`,
    adminState: "UNLOCKED",
    operatingState: "UP",
    serviceName: DEMO_SERVICE,
    profileName: device === "header" ? HEADER_PROFILE : PUMP_PROFILE,
    labels: [DEMO_LABEL],
    protocols: demoProtocols(unit, port),
    autoEvents: AUTO_EVENTS.map((event) => ({ ...event })),
  }));
}

/** IdleTimeout −1: one connection stays open, as EdgeX's Modbus service understands it. */
export function demoProtocols(unit: number, port: number): Device["protocols"] {
  return {
    "modbus-tcp": { Address: "127.0.0.1", Port: String(port), UnitID: String(unit), Timeout: "1s", IdleTimeout: "-1" },
  };
}

/** States are looked at often and told when they change: a demo left running must not fill an SD card. */
const AUTO_EVENTS: readonly AutoEvent[] = [
  { sourceName: "Measurements", interval: "1s" },
  { sourceName: "States", interval: "500ms", onChange: true },
  { sourceName: "Settings", interval: "5s", onChange: true },
];

function profile(name: string, description: string, points: readonly Point[]): DeviceProfile {
  return {
    name,
    description,
    manufacturer: "JX Edge",
    model: "plant-sim",
    labels: [DEMO_LABEL],
    deviceResources: points.map(resource),
    deviceCommands: [
      group(
        "Measurements",
        points.filter((point) => point.table === "INPUT_REGISTERS"),
      ),
      group(
        "States",
        points.filter((point) => point.table === "DISCRETES_INPUT" || point.table === "COILS"),
      ),
      group(
        "Settings",
        points.filter((point) => point.table === "HOLDING_REGISTERS"),
      ),
    ],
  };
}

function group(name: string, points: readonly Point[]): NonNullable<DeviceProfile["deviceCommands"]>[number] {
  return { name, readWrite: "R", resourceOperations: points.map((point) => ({ deviceResource: point.name })) };
}

/**
 * A scaled register becomes a Float32 on a 16-bit rawType, EdgeX's own way to show tenths of a degree
 * (device-modbus-go, deviceclient.go); a bit of a register is startingAddress "13.5".
 */
function resource(point: Point): DeviceResource {
  const scaled = point.scale !== undefined && point.scale !== 1;
  const address = point.bit === undefined ? point.address : `${point.address}.${point.bit}`;
  return {
    name: point.name,
    description: `${point.zh} / ${point.en}`,
    attributes: {
      primaryTable: point.table,
      startingAddress: address,
      ...(scaled ? { rawType: point.rawType } : {}),
      ...(point.byteSwap === true ? { isByteSwap: true } : {}),
      ...(point.wordSwap === true ? { isWordSwap: true } : {}),
    },
    properties: {
      valueType: scaled ? "Float32" : point.rawType,
      readWrite: point.readWrite,
      ...(point.units === "" ? {} : { units: point.units }),
      ...(scaled ? { scale: point.scale ?? 1 } : {}),
      ...(point.minimum === undefined ? {} : { minimum: point.minimum }),
      ...(point.maximum === undefined ? {} : { maximum: point.maximum }),
    },
  };
}
