import type { Event, Reading } from "@jx/contracts";
import type { OperandIr } from "@jx/pangu";

/** Series remembered at most; a rule on a later one waits for its next reading. */
const MAX_SERIES = 50_000;

interface Entry {
  reading: Reading;
  eventId: string;
}

/**
 * The last reading of every series, whether a rule asks for it or not: a source that is told only on change may have
 * spoken long before a rule about it is written.
 */
export class LastReadings {
  readonly #devices = new Map<string, Map<string, Entry>>();
  #size = 0;

  note(event: Event): void {
    for (const reading of event.readings) {
      const resources = this.#resourcesOf(reading.deviceName);
      const entry = resources.get(reading.resourceName);
      if (entry !== undefined) {
        entry.reading = reading;
        entry.eventId = event.id;
      } else if (this.#size < MAX_SERIES) {
        resources.set(reading.resourceName, { reading, eventId: event.id });
        this.#size += 1;
      }
    }
  }

  /** What is known of these operands, each as an event of its own. */
  of(operands: readonly OperandIr[]): { readonly id: string; readonly readings: readonly Reading[] }[] {
    return operands.flatMap(({ device, resource }) => {
      const entry = this.#devices.get(device)?.get(resource);
      return entry === undefined ? [] : [{ id: entry.eventId, readings: [entry.reading] }];
    });
  }

  /** A device that was removed, or whose name now means another. */
  forget(deviceName: string): void {
    this.#size -= this.#devices.get(deviceName)?.size ?? 0;
    this.#devices.delete(deviceName);
  }

  #resourcesOf(deviceName: string): Map<string, Entry> {
    let resources = this.#devices.get(deviceName);
    if (resources === undefined) {
      resources = new Map();
      this.#devices.set(deviceName, resources);
    }
    return resources;
  }
}
