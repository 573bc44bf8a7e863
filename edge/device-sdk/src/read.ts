import type { DeviceOperations, Event, HandlerInput, Output } from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import { readSource, type Source } from "./command/source.ts";
import { commandDevice, type Devices } from "./devices.ts";
import { ASSERTION, buildEvent, type EventSource, type Value } from "./event.ts";
import { exchangeRead, planRead, type ReadOutcome } from "./exchange.ts";
import type { Publisher } from "./publisher.ts";
import type { BoundDevice } from "./registry/bind.ts";
import type { Registry } from "./registry/registry.ts";
import type { Settings } from "./settings.ts";

/** What commands and polls stand on. */
export interface CommandDeps {
  readonly registry: Registry;
  readonly devices: Devices;
  readonly publisher: Publisher;
  settings(): Settings;
  newId(): string;
  now(): bigint;
  /** A value broke the profile's assertion: the device goes DOWN in metadata. */
  onAssertion(device: string): void;
}

/** GET …/{device}/{command}. The whole command succeeds or fails, as in EdgeX; only polls take what they can get. */
export async function get(
  input: HandlerInput<DeviceOperations["get"]>,
  correlationId: string,
  deps: CommandDeps,
): Promise<Output<DeviceOperations["get"]>> {
  const bound = commandDevice(deps.registry, input.name);
  const regex = input["ds-regexcmd"] !== "false";
  const source = readSource(bound, input.command, regex, deps.settings().maxOperations);
  const event = await readWhole(bound, source, deps);
  // A poll would wait for room on the bus; a person's read does not, the publisher bounds what waits.
  if (input["ds-pushevent"] === "true") void deps.publisher.publish(event, correlationId);
  const wanted = input["ds-returnevent"];
  return wanted === "" || wanted === "true" ? { event } : null;
}

async function readWhole(bound: BoundDevice, source: Source, deps: CommandDeps): Promise<Event> {
  const { name } = bound.device;
  let outcome: ReadOutcome;
  try {
    outcome = await exchangeRead(planRead(bound, source.resources), deps.devices.line(bound), "read");
  } catch (error) {
    throw readError(source, name, error);
  }
  for (const error of outcome.failed.values()) throw readError(source, name, error);
  return eventOf(bound, source, outcome.values, deps);
}

/** Throws ServerError when an assertion fails, after asking for the device to be marked DOWN. */
export function eventOf(bound: BoundDevice, source: EventSource, values: readonly Value[], deps: CommandDeps): Event {
  try {
    return buildEvent(deps.newId(), deps.now(), bound, source, values, deps.settings());
  } catch (error) {
    if (isAppError(error) && error.code === ASSERTION) deps.onAssertion(bound.device.name);
    throw error;
  }
}

function readError(source: Source, device: string, error: unknown): AppError {
  const text = `error reading ${source.kind} ${source.name} for ${device} -> ${messageOf(error)}`;
  return new AppError("ServerError", text, { code: "driver-read", cause: error });
}
