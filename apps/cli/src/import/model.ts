import type { AutoEvent, Device, DeviceCommand, DeviceProfile, DeviceResource } from "@jx/contracts";
import type { PointRow } from "./rows.ts";
import { BYTES } from "./words.ts";

/** What an import has made carries this label: a later import may change it, and nothing else. */
export const IMPORT_LABEL = "jx-import";
export const MODBUS_SERVICE = "device-modbus";
/** Readings of one event; more become a second command. */
const MAX_GROUP = 500;
const MODBUS_PORT = 502;

export interface ImportPlan {
  readonly profiles: readonly DeviceProfile[];
  readonly devices: readonly Device[];
}

/** Rows → devices, and one profile for each distinct set of points, named after the first device that has it. */
export function planImport(points: readonly PointRow[]): ImportPlan {
  const profiles = new Map<string, DeviceProfile>();
  const devices: Device[] = [];
  for (const [name, rows] of Map.groupBy(points, ({ device }) => device)) {
    const body = profileBody(rows);
    const same = JSON.stringify(body);
    const profile = profiles.get(same) ?? { name: `Points-${name}`, ...body };
    profiles.set(same, profile);
    devices.push(device(name, profile.name, rows));
  }
  return { profiles: [...profiles.values()], devices };
}

function profileBody(rows: readonly PointRow[]): Omit<DeviceProfile, "name"> {
  return {
    manufacturer: "",
    model: "",
    description: "jx device import",
    labels: [IMPORT_LABEL],
    deviceResources: rows.map(resource),
    deviceCommands: groups(rows).map(({ name, members }): DeviceCommand => {
      return { name, readWrite: "R", resourceOperations: members.map((row) => ({ deviceResource: row.resource })) };
    }),
  };
}

function device(name: string, profileName: string, rows: readonly PointRow[]): Device {
  const first = <K extends "host" | "port" | "unit">(key: K): PointRow[K] =>
    rows.find((row) => row[key] !== undefined)?.[key] as PointRow[K];
  return {
    name,
    description: "",
    adminState: "UNLOCKED",
    operatingState: "UP",
    serviceName: MODBUS_SERVICE,
    profileName,
    labels: [IMPORT_LABEL],
    // EdgeX writes strings. IdleTimeout −1 keeps the connection open between polls.
    protocols: {
      "modbus-tcp": {
        Address: first("host") ?? "",
        Port: String(first("port") ?? MODBUS_PORT),
        UnitID: String(first("unit") ?? 1),
        IdleTimeout: "-1",
      },
    },
    autoEvents: groups(rows).map(
      ({ name: sourceName, interval }): AutoEvent => ({ sourceName, interval, onChange: false }),
    ),
  };
}

interface Group {
  readonly name: string;
  readonly interval: string;
  readonly members: readonly PointRow[];
}

/** Points of one interval are read together: one event, and neighbours on the wire in one request. */
function groups(rows: readonly PointRow[]): Group[] {
  const polled = rows.filter(({ access, interval }) => access !== "W" && interval !== "");
  return [...Map.groupBy(polled, ({ interval }) => interval)].flatMap(([interval, members]) => {
    const pieces = Math.ceil(members.length / MAX_GROUP);
    return Array.from({ length: pieces }, (_, i): Group => {
      const name = `Poll-${interval}${i === 0 ? "" : `-${i + 1}`}`;
      return { name, interval, members: members.slice(i * MAX_GROUP, (i + 1) * MAX_GROUP) };
    });
  });
}

/** A scaled register becomes a float on its raw type, as EdgeX's own profiles do it: 235 × 0.1 is 23.5, and no Int16. */
function resource(row: PointRow): DeviceResource {
  const { type, scale, offset, order } = row;
  const scaled = scale !== 1 || offset !== 0;
  const float = type === "Float32" || type === "Float64";
  // All digits of 32 bits need a Float64.
  const valueType = !scaled || float ? type : BYTES[type] === 2 ? "Float32" : "Float64";
  return {
    name: row.resource,
    ...(row.description === "" ? {} : { description: row.description }),
    attributes: {
      primaryTable: row.table,
      startingAddress: row.bit === undefined ? row.address : `${row.address}.${String(row.bit).padStart(2, "0")}`,
      ...(valueType === type ? {} : { rawType: type }),
      ...orderAttributes(order),
    },
    properties: {
      valueType,
      readWrite: row.access,
      ...(row.units === "" ? {} : { units: row.units }),
      ...(scale === 1 ? {} : { scale }),
      ...(offset === 0 ? {} : { offset }),
      ...(row.minimum === undefined ? {} : { minimum: row.minimum }),
      ...(row.maximum === undefined ? {} : { maximum: row.maximum }),
    },
  };
}

/** EdgeX's two switches where they can say it (32 bits), else the driver's own `byteOrder`. */
function orderAttributes(order: string | undefined): Record<string, unknown> {
  if (order === undefined) return {};
  if (order === "CDAB") return { isWordSwap: true };
  if (order === "BADC") return { isByteSwap: true };
  return order === "DCBA" ? { isByteSwap: true, isWordSwap: true } : { byteOrder: order };
}
