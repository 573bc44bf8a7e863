import type { CallContext, DeviceOperations, Event, HandlerInput, ReadingValue } from "@jx/contracts";
import { AppError, messageOf, toAppError } from "@jx/kit";
import { driverQuery } from "./command/query.ts";
import { type WriteOperation, type WriteTarget, writeTarget } from "./command/source.ts";
import { commandDevice } from "./devices.ts";
import type { DriverWrite } from "./driver.ts";
import { exchangeWrite } from "./exchange.ts";
import { type CommandDeps, eventOf } from "./read.ts";
import type { BoundDevice, BoundResource } from "./registry/bind.ts";
import { transformWrite } from "./transform.ts";
import { parseValue } from "./value/parse.ts";

export interface WriteCommand {
  readonly device: string;
  readonly command: string;
  /** Resource name → value. */
  readonly values: Readonly<Record<string, unknown>>;
  /** For the driver; "" when there is none. */
  readonly urlRawQuery: string;
}

/** PUT …/{device}/{command}. The answer does not wait for room on the bus: a rule may wait for it. */
export async function set(
  input: HandlerInput<DeviceOperations["set"]>,
  { correlationId, rawQuery }: CallContext,
  service: string,
  deps: CommandDeps,
): Promise<Record<string, never>> {
  const { name: device, command, body: values } = input;
  const event = await writeCommand({ device, command, values, urlRawQuery: driverQuery(rawQuery) }, service, deps);
  if (event !== undefined) void deps.publisher.publish(event, correlationId);
  return {};
}

/** Nothing is written unless every value is right. Returns the event to publish, where the values may be read back. */
export async function writeCommand(
  command: WriteCommand,
  service: string,
  deps: CommandDeps,
): Promise<Event | undefined> {
  const settings = deps.settings();
  if (!settings.writesEnabled && !deps.registry.locked) throw writesDisabled(service);
  const bound = commandDevice(deps.registry, command.device, settings);
  const target = writeTarget(bound, command.command, settings.maxOperations);
  const values = target.operations.map((operation) => ({
    resource: operation.resource,
    value: operationValue(operation, command.values, settings.transform),
  }));
  await send(bound, target, values, command.urlRawQuery, deps);
  if (!target.readable) return undefined;
  const written = values.map(({ resource, value }) => ({ resource, sample: { value } }));
  return eventOf(bound, target, written, deps);
}

interface ResourceValue {
  readonly resource: BoundResource;
  readonly value: ReadingValue;
}

function operationValue(
  { resource, defaultValue, mappings }: WriteOperation,
  body: Readonly<Record<string, unknown>>,
  transform: boolean,
): ReadingValue {
  const { name, valueType } = resource;
  const { properties } = resource.resource;
  let given: unknown = Object.hasOwn(body, name) ? body[name] : undefined;
  if (given === undefined) {
    // "" is Go's zero value: no default.
    given = defaultValue || properties.defaultValue || undefined;
    if (given === undefined) {
      const text = `DeviceResource ${name} not found in request body and no default value defined`;
      throw new AppError("ServerError", text, { code: "no-value" });
    }
  }
  const key = Object.entries(mappings ?? {}).find(([, text]) => text === given)?.[0];
  const value = wrapped("failed to create CommandValue", () => parseValue(key ?? given, valueType));
  return transform
    ? wrapped("failed to transform set parameter", () => transformWrite(value, valueType, properties))
    : value;
}

async function send(
  bound: BoundDevice,
  target: WriteTarget,
  values: readonly ResourceValue[],
  urlRawQuery: string,
  deps: CommandDeps,
): Promise<void> {
  try {
    const line = deps.devices.line(bound);
    if (bound.binding instanceof AppError) throw bound.binding;
    const writes: DriverWrite<unknown>[] = values.map(({ resource, value }) => {
      if (resource.problem !== undefined) throw resource.problem;
      return { resource, value };
    });
    await exchangeWrite(bound.binding, writes, line, urlRawQuery);
  } catch (error) {
    const text = `error writing ${target.kind} ${target.name} for ${bound.device.name} -> ${messageOf(error)}`;
    throw new AppError("ServerError", text, { code: "driver-write", cause: error });
  }
}

function writesDisabled(service: string): AppError {
  return new AppError(
    "ServiceLocked",
    `writes are disabled: ${service} has Writable.WritesEnabled=false; set it to true to allow them`,
    { code: "writes-disabled" },
  );
}

function wrapped<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { kind, message, code } = toAppError(error);
    throw new AppError(kind, `${what} -> ${message}`, { cause: error, ...(code === undefined ? {} : { code }) });
  }
}
