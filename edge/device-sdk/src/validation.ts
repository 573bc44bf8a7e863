import {
  type Client,
  checkBody,
  type Device,
  foldKeys,
  type JsonMessage,
  type MetadataOperations,
  metadataOperations,
  topics,
} from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import type { Bus, SubscriptionHandle } from "@jx/runtime";
import { readSource } from "./command/source.ts";
import type { AnyDriver } from "./driver.ts";
import { bindDevice, bindProtocol } from "./registry/bind.ts";
import type { Registry } from "./registry/registry.ts";

export interface ValidationDeps {
  readonly service: string;
  readonly drivers: readonly AnyDriver[];
  readonly bus: Bus;
  readonly metadata: Client<MetadataOperations>;
  readonly registry: Registry;
  newId(): string;
}

/**
 * Says whether a device may be added or changed: its protocol properties must fit the driver's schema, and what its
 * auto events poll must be usable, so that a wrong attribute shows when the device is added and not in a log later.
 * A resource that nothing polls may be unusable: EdgeX's own profiles carry some. Throws ContractInvalid.
 */
export async function validateDevice(device: Device, deps: ValidationDeps): Promise<void> {
  bindProtocol(device, deps.drivers);
  const { profileName = "" } = device;
  if (profileName === "" || (device.autoEvents ?? []).length === 0) return;
  const profile =
    deps.registry.profile(profileName) ?? (await deps.metadata.profileByName({ name: profileName })).profile;
  const bound = bindDevice(device, profile, deps.drivers);
  for (const { sourceName } of device.autoEvents ?? []) {
    const where = `device ${device.name}: auto event ${sourceName}`;
    try {
      const { resources } = readSource(bound, sourceName, true, Number.POSITIVE_INFINITY);
      for (const { problem } of resources) if (problem !== undefined) throw problem;
    } catch (error) {
      // A source that does not exist is EdgeX's own affair: it takes the device and logs at each poll.
      if (isAppError(error, "ContractInvalid")) throw new AppError("ContractInvalid", `${where}: ${error.message}`);
    }
  }
}

/** Answers core metadata's requests on the bus (edgex-wire.md §2). */
export function answerValidations(deps: ValidationDeps): SubscriptionHandle {
  const { bus, service } = deps;
  const options = { name: `${service} validate`, policy: "block", capacity: 1_000 } as const;
  return bus.subscribe(topics.validateDevice(service), options, async (message) => {
    const { requestId } = message;
    // Without an id nobody could find the answer.
    if (message.kind !== "json" || requestId === undefined) return;
    const problem = await problemOf(message.payload, deps);
    const answer: JsonMessage = {
      kind: "json",
      topic: topics.response(service, requestId),
      correlationId: message.correlationId,
      requestId,
      from: "inside",
      payload: problem ?? null,
      errorCode: problem === undefined ? 0 : 1,
    };
    void bus.publish(answer);
  });
}

const { body: REQUESTS, dto: REQUEST } = metadataOperations.addDevices;

/** The request is the one that metadata got, an AddDeviceRequest (controller/messaging/validation.go). */
async function problemOf(payload: unknown, deps: ValidationDeps): Promise<string | undefined> {
  try {
    const [request] = foldKeys(REQUESTS, [payload]) as [{ readonly device: Device }];
    checkBody(REQUESTS, [request], REQUEST);
    await validateDevice(request.device, deps);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
