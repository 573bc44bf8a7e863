import type { CallContext, DeviceOperations, Event, HandlerInput, Output } from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import { driverQuery } from "./command/query.ts";
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

export interface ReadCommand {
  readonly device: string;
  readonly command: string;
  /** The name may be a pattern over resource names. */
  readonly regex: boolean;
  /** For the driver; "" when there is none. */
  readonly urlRawQuery: string;
}

/** GET …/{device}/{command}. */
export async function get(
  input: HandlerInput<DeviceOperations["get"]>,
  { correlationId, rawQuery }: CallContext,
  deps: CommandDeps,
): Promise<Output<DeviceOperations["get"]>> {
  const event = await readCommand(
    {
      device: input.name,
      command: input.command,
      regex: input["ds-regexcmd"] !== "false",
      urlRawQuery: driverQuery(rawQuery),
    },
    deps,
  );
  // A poll would wait for room on the bus; a person's read does not, the publisher bounds what waits.
  if (input["ds-pushevent"] === "true") void deps.publisher.publish(event, correlationId);
  const wanted = input["ds-returnevent"];
  return wanted === "" || wanted === "true" ? { event } : null;
}

/** The whole command succeeds or fails, as in EdgeX; only polls take what they can get. */
export async function readCommand(command: ReadCommand, deps: CommandDeps): Promise<Event> {
  const settings = deps.settings();
  const bound = commandDevice(deps.registry, command.device, settings);
  const source = readSource(bound, command.command, command.regex, settings.maxOperations);
  let outcome: ReadOutcome;
  try {
    const plan = planRead(bound, source.resources);
    outcome = await exchangeRead(plan, deps.devices.line(bound), "read", command.urlRawQuery);
  } catch (error) {
    throw readError(source, command.device, error);
  }
  for (const error of outcome.failed.values()) throw readError(source, command.device, error);
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
