import assert from "node:assert/strict";
import type { EdgeProcess } from "../../../support/edge-process.ts";
import { askJson } from "../../../support/http.ts";
import type { BusTap } from "../bus-tap.ts";
import type { GoPeer } from "../peers.ts";

/** An edge by the addresses of its services, in one process or in many. */
export type Edge = Pick<EdgeProcess, "api">;

/** What a scene plays with: an edge, its bus, and two Go services that have joined. */
export interface Joined {
  readonly edge: Edge;
  readonly bus: BusTap;
  readonly device: GoPeer;
  readonly app: GoPeer;
}

export interface Reading {
  readonly valueType: string;
  readonly units?: string;
  readonly value?: unknown;
  readonly objectValue?: unknown;
  readonly binaryValue?: string;
}

/** The first reading of a get through core command. */
export async function read(edge: Edge, source: string, query = ""): Promise<Reading> {
  const url = `${edge.api("core-command")}/device/name/go-gauge/${source}${query}`;
  const { event } = await askJson<{ event: { readings: readonly Reading[] } }>(url);
  return event.readings[0] ?? assert.fail(`${source} has no reading`);
}

/** A change to keeper as a person makes it. */
export async function put(edge: Edge, key: string, value: string): Promise<void> {
  await askJson(`${edge.api("core-keeper")}/kvs/key/edgex/v4/${key}`, { method: "PUT", body: { value } });
}

/** Ids of a source's events, as they went over the bus. */
export function sentIds(
  { bus }: Pick<Joined, "bus">,
  source = "device-go-peer/go-all-types/go-gauge/Float32",
): string[] {
  return bus
    .under(`edgex/events/device/${source}`)
    .map(({ envelope }) => (envelope["payload"] as { event: { id: string } }).event.id);
}

export async function storedIds({ edge }: Pick<Joined, "edge">): Promise<string[]> {
  const url = `${edge.api("core-data")}/event/device/name/go-gauge?limit=-1`;
  return (await askJson<{ events: readonly { id: string }[] }>(url)).events.map(({ id }) => id);
}
