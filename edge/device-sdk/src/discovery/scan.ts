import type { Client, DeviceOperations, HandlerInput, MetadataOperations } from "@jx/contracts";
import { AppError, abortReason, isAppError, messageOf } from "@jx/kit";
import type { Bus, Logger } from "@jx/runtime";
import type { AnyDriver } from "../driver.ts";
import { type Binding, bindProtocol } from "../registry/bind.ts";
import { requireSuccess } from "../registry/metadata.ts";
import type { Registry } from "../registry/registry.ts";
import { step, tellProgress } from "./progress.ts";

export interface ProfileScansDeps {
  readonly service: string;
  readonly drivers: readonly AnyDriver[];
  readonly registry: Registry;
  readonly metadata: Client<MetadataOperations>;
  readonly bus: Bus;
  readonly log: Logger;
  now(): bigint;
}

/** Asks devices what they have, makes profiles of it and gives them to the devices (edgex-device-sdk.md §7). */
export class ProfileScans implements Disposable {
  readonly #deps: ProfileScansDeps;
  readonly #possible: boolean;
  /** By device: one scan each. */
  readonly #running = new Map<string, AbortController>();

  constructor(deps: ProfileScansDeps) {
    this.#deps = deps;
    this.#possible = deps.drivers.some(({ scan }) => scan !== undefined);
  }

  /** What is refused before the body is read, in EdgeX's order (internal/controller/http/discovery.go). */
  admit(): void {
    if (!this.#possible) throw notImplemented();
    if (this.#deps.registry.locked) throw new AppError("ServiceLocked", "service locked");
  }

  /** POST /profilescan. */
  async trigger(
    body: HandlerInput<DeviceOperations["scanProfile"]>["body"],
    correlationId: string,
  ): Promise<{ readonly requestId: string; readonly message: string }> {
    const { registry } = this.#deps;
    const { deviceName, options } = body;
    const device = registry.get(deviceName)?.device;
    if (device === undefined) throw new AppError("NotFound", `device ${deviceName} not found`);
    const given = body.profileName ?? "";
    if (given !== "" && (await this.#profileExists(given))) {
      throw new AppError("StatusConflict", `profile name ${given} is duplicated`);
    }
    const binding = bindProtocol(device, this.#deps.drivers);
    if (binding.driver.scan === undefined) throw notImplemented();
    if (this.#running.has(deviceName)) {
      throw new AppError("StatusConflict", `Another profile scan process for ${deviceName} is currently running`);
    }
    const requestId = (body.requestId ?? "") === "" ? correlationId : (body.requestId as string);
    const profileName = given === "" ? `${deviceName}_profile_${this.#deps.now() / 1_000_000n}` : given;
    void this.#run({ deviceName, profileName, options }, binding, requestId);
    return { requestId, message: "Device ProfileScan is triggered." };
  }

  /** DELETE /profilescan/device/name/{name}. `options`: the query, for the driver. */
  stop(deviceName: string, options: Readonly<Record<string, unknown>>): void {
    const { registry } = this.#deps;
    if (!this.#possible) throw new AppError("NotImplemented", "Stop profile scan is not implemented");
    if (registry.locked) throw new AppError("ServiceLocked", "service locked");
    if (registry.get(deviceName) === undefined) throw new AppError("NotFound", `device ${deviceName} not found`);
    this.#running.get(deviceName)?.abort(new AppError("Aborted", "stopped by request", { details: options }));
  }

  [Symbol.dispose](): void {
    for (const controller of this.#running.values()) controller.abort(new AppError("Aborted", "the service ends"));
  }

  /** Never rejects. */
  async #run(
    request: { readonly deviceName: string; readonly profileName: string; readonly options: unknown },
    { driver, properties }: Binding,
    requestId: string,
  ): Promise<void> {
    const { log, metadata } = this.#deps;
    const { deviceName } = request;
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.set(deviceName, controller);
    const tell = (progress: number, message?: string): void =>
      tellProgress(this.#deps, "profilescan", { requestId, progress, ...(message === undefined ? {} : { message }) });
    const progress = (percent: number): void => tell(step(percent));
    let doing = "trigger profile scan";
    tell(0);
    try {
      const profile = await driver.scan?.(request, properties, { signal, log, progress });
      if (signal.aborted) throw abortReason(signal);
      if (profile === undefined) throw new AppError("ServerError", "the driver gave no profile");
      doing = `add device profile '${profile.name}'`;
      requireSuccess(await metadata.addProfiles({ body: [{ profile }] }));
      doing = `update device '${deviceName}' with profile '${profile.name}'`;
      const body = [{ device: { name: deviceName, profileName: profile.name } }];
      requireSuccess(await metadata.updateDevices({ body, bypassValidation: "true" }));
      tell(100);
    } catch (error) {
      log.warn({ device: deviceName, requestId, reason: messageOf(error) }, "a profile scan did not come to its end");
      tell(-1, `failed to ${doing}: ${messageOf(error)}, Correlation Id: ${requestId}`);
    } finally {
      this.#running.delete(deviceName);
    }
  }

  async #profileExists(name: string): Promise<boolean> {
    if (this.#deps.registry.profile(name) !== undefined) return true;
    try {
      await this.#deps.metadata.profileByName({ name });
      return true;
    } catch (error) {
      if (isAppError(error, "NotFound")) return false;
      throw error;
    }
  }
}

function notImplemented(): AppError {
  return new AppError("NotImplemented", "Profile scan is not implemented");
}
