/** The load under which edge-kill.test.ts kills the edge, and what it must find again. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  addEventToJson,
  type Device,
  type DeviceProfile,
  type Event,
  eventFromJson,
  type Firing,
  parseJson,
} from "@jx/contracts";
import type { EdgeProcess } from "../support/edge-process.ts";
import { ask, askJson } from "../support/http.ts";
import { isWhole, numberedEvent } from "./numbered-event.ts";

const RULE = `rule "press" {\n  when "button".Level > 0\n  then set "sink".Command = 7 verify within 3 s\n}\n`;
/** A state that an event left behind is on disk after so long: some group commits of at most 10 ms. */
const DURABLE_MS = 60;

/** A button that only events by REST press, a unit that counts writes, and the rule between them. */
export async function install(edge: EdgeProcess, sinkPort: number): Promise<void> {
  const resource = (name: string, attributes: object): DeviceProfile => ({
    name,
    deviceResources: [{ name, attributes: { ...attributes }, properties: { valueType: "Int16", readWrite: "RW" } }],
  });
  const device = (name: string, serviceName: string, profileName: string, protocols: Device["protocols"]): Device => ({
    name,
    serviceName,
    profileName,
    protocols,
    adminState: "UNLOCKED",
    operatingState: "UP",
  });
  const tcp = { Address: "127.0.0.1", Port: String(sinkPort), UnitID: "1", IdleTimeout: "-1" };
  const post = async (path: string, items: readonly object[]): Promise<void> => {
    const body = items.map((item) => ({ apiVersion: "v3", ...item }));
    const results = await askJson<{ statusCode: number; message?: string }[]>(`${edge.api("core-metadata")}/${path}`, {
      body,
    });
    for (const { statusCode, message } of results) assert.equal(statusCode, 201, message);
  };
  await post("deviceprofile", [
    { profile: resource("Level", {}) },
    { profile: resource("Command", { primaryTable: "HOLDING_REGISTERS", startingAddress: 0 }) },
  ]);
  await post("device", [
    { device: device("button", "device-virtual", "Level", { other: { Address: "button" } }) },
    { device: device("sink", "device-modbus", "Command", { "modbus-tcp": tcp }) },
  ]);
  await askJson(`${edge.api("rules")}/rule/file/press.pangu`, { method: "PUT", body: { text: RULE } });
}

/** Posts numbered events until the edge is gone; `acknowledged` grows with each 201. */
export async function postNumbers(edge: EdgeProcess, next: () => number, acknowledged: number[]): Promise<void> {
  for (;;) {
    const n = next();
    if (!(await post(edge, numberedEvent(n)))) return;
    acknowledged.push(n);
  }
}

/** What is stored of the numbers from `first` on; asserts that no event is torn. */
export async function storedNumbers(edge: EdgeProcess, first: number): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for (let offset = 0; ; offset += 1_024) {
    const range = `/event/start/${first}/end/${first + 999_999}?limit=1024&offset=${offset}`;
    const { text } = await ask(edge.api("core-data") + range);
    const events = (parseJson(text) as { events: unknown[] }).events.map((each) => eventFromJson(each));
    for (const event of events) {
      assert.ok(isWhole(event), `event ${event.origin} is torn`);
      found.add(Number(event.origin));
    }
    if (events.length < 1_024) return found;
  }
}

/** Presses and releases the button for ever, each press only after the one before has fired and acted. */
export class Button {
  #level = 0;
  #presses = 0;
  #origin = 1_000_000_000_000;

  /** Times that it went from 0 to 1. */
  get presses(): number {
    return this.#presses;
  }

  /** Goes on where it was; ends when the edge is gone, or about to go: then its level stays, for the next edge to see. */
  async work(edge: EdgeProcess, going: AbortSignal): Promise<void> {
    while ((await this.settle(edge)) && !going.aborted) {
      this.#level = 1 - this.#level;
      this.#presses += this.#level;
    }
  }

  /** Shows its level, as a polled device does, and waits until each press has acted; false when the edge is gone. */
  async settle(edge: EdgeProcess): Promise<boolean> {
    if (!(await post(edge, this.#event()))) return false;
    for (const deadline = performance.now() + 10_000; ; await sleep(20)) {
      const done = await actedFirings(edge);
      if (done === undefined) return false;
      if (done.length === this.#presses) break;
      assert.ok(done.length < this.#presses, `${done.length} firings acted for ${this.#presses} presses`);
      assert.ok(performance.now() < deadline, `${this.#presses} presses, but only ${done.length} firings acted`);
    }
    await sleep(DURABLE_MS);
    return true;
  }

  #event(): Event {
    this.#origin += 1;
    const origin = BigInt(this.#origin);
    const common = { deviceName: "button", profileName: "Level", origin, tags: undefined };
    const reading = {
      ...common,
      resourceName: "Level",
      valueType: "Int16",
      value: this.#level,
      units: "",
      mediaType: "",
    } as const;
    return { ...common, id: crypto.randomUUID(), sourceName: "Level", readings: [reading] };
  }
}

/** Firings of the rule whose write was read back; undefined when the edge is gone. */
export async function actedFirings(edge: EdgeProcess): Promise<readonly Firing[] | undefined> {
  const answer = await ask(`${edge.api("rules")}/firing/all?limit=1024`).catch(() => undefined);
  if (answer === undefined || answer.status !== 200) return undefined;
  const { firings } = JSON.parse(answer.text) as { firings: Firing[] };
  return firings.filter(({ rule, actions }) => rule === "press" && actions.some(({ state }) => state === "verified"));
}

/** True when the event is acknowledged, false when the edge is gone. */
async function post(edge: EdgeProcess, event: Event): Promise<boolean> {
  const { deviceName, profileName, sourceName } = event;
  const url = `${edge.api("core-data")}/event/load/${profileName}/${deviceName}/${sourceName}`;
  const answer = await ask(url, { body: addEventToJson({ event }) }).catch(() => undefined);
  if (answer !== undefined && answer.status !== 201) assert.fail(`${answer.status} ${answer.text}`);
  return answer !== undefined;
}
