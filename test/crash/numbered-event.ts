import type { Event, Reading } from "@jx/contracts";

const READINGS = 5;

/** An event that carries its number everywhere, so that a torn one is seen. */
export function numberedEvent(n: number): Event {
  const deviceName = `device-${n % 50}`;
  const common = { deviceName, profileName: "crash", origin: BigInt(n), mediaType: "", tags: undefined };
  const readings = Array.from(
    { length: READINGS },
    (_, i): Reading => ({ ...common, resourceName: `r${i}`, valueType: "String", value: `${n}`, units: "" }),
  );
  const id = `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
  return { id, deviceName, profileName: "crash", sourceName: "all", origin: BigInt(n), readings, tags: undefined };
}

export function isWhole(event: Event): boolean {
  const n = String(event.origin);
  return event.readings.length === READINGS && event.readings.every((reading) => reading.value === n);
}
