import { API_VERSION, type Device, topics } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { type Bus, requestOver } from "@jx/runtime";

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
    const payload = { apiVersion: API_VERSION, requestId: newId(), device };
    const request = { kind: "json", topic, payload, correlationId, requestId: newId(), from: "inside" } as const;
    const answer = await requestOver(bus, device.serviceName, request, timeoutMs).catch((cause: unknown) => {
      const text = `Error sending request to topic '${topic}'`;
      throw new AppError("ServiceUnavailable", text, { code: "no-validation", cause });
    });
    if (answer.errorCode === 1) {
      throw new AppError("ServerError", `Device ${device.name} validation failed: ${String(answer.payload)}`);
    }
  }
}
