import { API_VERSION, type Device, type JsonMessage, topics } from "@jx/contracts";
import { AppError, deferred, withTimeout } from "@jx/kit";
import type { Bus } from "@jx/runtime";

export interface DeviceValidatorDeps {
  readonly bus: Bus;
  readonly newId: () => string;
}

/**
 * Asks a device's own service whether it can work with it, over the bus (edgex-behaviour.md §1.2, "Callback").
 * @throws AppError ServerError with the service's reason; ServiceUnavailable when it does not answer in `timeoutMs`, or
 *   when nobody listens at all: then there is nothing to wait for.
 */
export class DeviceValidator {
  readonly #deps: DeviceValidatorDeps;

  constructor(deps: DeviceValidatorDeps) {
    this.#deps = deps;
  }

  async validate(device: Device, correlationId: string, timeoutMs: number): Promise<void> {
    const { bus, newId } = this.#deps;
    const topic = topics.validateDevice(device.serviceName);
    const unavailable = (cause?: unknown): AppError =>
      new AppError("ServiceUnavailable", `Error sending request to topic '${topic}'`, { code: "no-validation", cause });
    if (!bus.hasSubscriber(topic)) throw unavailable();

    const requestId = newId();
    const reply = deferred<JsonMessage>();
    using _subscription = bus.subscribe(
      topics.response(device.serviceName, requestId),
      { name: "device validation", policy: "drop-oldest", capacity: 1 },
      (message) => {
        if (message.kind === "json") reply.resolve(message);
      },
    );
    const payload = { apiVersion: API_VERSION, requestId: newId(), device };
    void bus.publish({ kind: "json", topic, payload, correlationId, requestId, from: "inside" });
    const answer = await withTimeout(reply.promise, timeoutMs, `validation of ${device.name}`).catch((error) => {
      throw unavailable(error);
    });
    if (answer.errorCode === 1) {
      throw new AppError("ServerError", `Device ${device.name} validation failed: ${String(answer.payload)}`);
    }
  }
}
