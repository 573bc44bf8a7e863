import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Device, DeviceProfile } from "@jx/contracts";
import { parseDeviceFile, parseProfileFile } from "@jx/contracts/files";
import { modbusDriver } from "@jx/device-modbus";

const text = (file: string): string => readFileSync(new URL(`../../../docs/examples/${file}`, import.meta.url), "utf8");
const profile = (file: string): DeviceProfile => parseProfileFile(text(file), { file });
const devices = (file: string): Device[] => parseDeviceFile(text(file), { file, serviceName: "device-modbus" });

test("the sample files say the same in YAML and JSON", () => {
  assert.deepEqual(profile("meter-profile.json"), profile("meter-profile.yaml"));
  assert.deepEqual(devices("meter-devices.json"), devices("meter-devices.yaml"));
});

test("the sample device goes with the sample profile, and the driver takes both", () => {
  const { name, deviceResources = [], deviceCommands = [] } = profile("meter-profile.yaml");
  const [device] = devices("meter-devices.yaml");
  assert.equal(device?.profileName, name);
  const sources = new Set([...deviceResources, ...deviceCommands].map((source) => source.name));
  for (const { sourceName } of device?.autoEvents ?? []) assert.ok(sources.has(sourceName), sourceName);
  for (const resource of deviceResources) {
    const bound = {
      name: resource.name,
      valueType: resource.properties.valueType,
      attributes: resource.attributes,
      resource,
    };
    modbusDriver.checkResource?.(bound as never, device?.protocols["modbus-tcp"] as never);
  }
});
