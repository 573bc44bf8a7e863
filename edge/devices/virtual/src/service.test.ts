import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device, DeviceProfile } from "@jx/contracts";
import { bench, KEY, until } from "@jx/device-sdk/test-parts";
import { deviceVirtual } from "./index.ts";

// device-virtual-go cmd/res/profiles/device.virtual.float.yaml and cmd/res/devices/devices.yaml, the Float32 part.
const profile: DeviceProfile = {
  name: "Random-Float-Device",
  manufacturer: "IOTech",
  model: "Device-Virtual-01",
  labels: ["device-virtual-example"],
  deviceResources: [
    {
      name: "EnableRandomization_Float32",
      isHidden: true,
      description: "used to decide whether to re-generate a random value",
      properties: { valueType: "Bool", readWrite: "W", defaultValue: "true" },
    },
    {
      name: "Float32",
      isHidden: false,
      description: "Generate random float32 value",
      properties: { valueType: "Float32", readWrite: "RW", defaultValue: "0" },
    },
  ],
  deviceCommands: [
    {
      name: "WriteFloat32Value",
      readWrite: "W",
      isHidden: false,
      resourceOperations: [
        { deviceResource: "Float32" },
        { deviceResource: "EnableRandomization_Float32", defaultValue: "false" },
      ],
    },
  ],
};
const device: Device = {
  name: "Random-Float-Device",
  profileName: "Random-Float-Device",
  description: "Example of Device Virtual",
  labels: ["device-virtual-example"],
  protocols: { other: { Address: "device-virtual-float-01", Protocol: 300 } },
  autoEvents: [{ interval: "30s", onChange: false, sourceName: "Float32" }],
  serviceName: KEY,
  adminState: "UNLOCKED",
  operatingState: "UP",
};

const call = { correlationId: "c" };
const query = { "ds-pushevent": "false", "ds-returnevent": "true", "ds-regexcmd": "true" };

test("EdgeX's own device-virtual files load and their commands work", async () => {
  assert.deepEqual([deviceVirtual.key, deviceVirtual.port], ["device-virtual", 59900]);
  const parts = bench();
  parts.metadata.profiles.set(profile.name, profile);
  parts.metadata.devices.set(device.name, device);
  await using service = await deviceVirtual.start(parts.context);
  const read = async (): Promise<unknown> => {
    const answer = await service.handlers.get({ name: device.name, command: "Float32", ...query }, call);
    return answer?.event.readings[0]?.value;
  };
  assert.notEqual(await read(), await read());
  const body = { Float32: "1.5" };
  await service.handlers.set({ name: device.name, command: "WriteFloat32Value", body }, call);
  assert.deepEqual([await read(), await read()], [1.5, 1.5]);
  await service.handlers.set({ name: device.name, command: "EnableRandomization_Float32", body: {} }, call);
  assert.notEqual(await read(), 1.5);
  assert.equal(deviceVirtual.health()[0]?.state, "ok");
});

test("auto events run on their own", async () => {
  const parts = bench();
  parts.metadata.profiles.set(profile.name, profile);
  const autoEvents = [{ interval: "10ms", sourceName: "Float32" }];
  parts.metadata.devices.set(device.name, { ...device, autoEvents });
  await using service = await deviceVirtual.start(parts.context);
  assert.ok(service);
  await until(() => parts.events.length > 3, "events");
  assert.equal(parts.events[0]?.sourceName, "Float32");
});

test("discovery and profile scan, simulated and saying so: a tank is found, scanned and read", async () => {
  const parts = bench();
  parts.configure(({ Device: settings }) => {
    settings.Discovery = { Enabled: true, Interval: "0s" };
  });
  parts.metadata.watchers.set("tanks", {
    name: "tanks",
    // The kind's own name, whatever the instance is called that runs here.
    serviceName: deviceVirtual.key,
    identifiers: { Kind: "^tank$", Address: "-[12]$" },
    adminState: "UNLOCKED",
    discoveredDevice: { adminState: "UNLOCKED" },
  });
  await using service = await deviceVirtual.start(parts.context);
  await service.handlers.discover({}, call);
  await until(() => parts.metadata.devices.size === 2, "the two tanks of the watcher");
  const name = "Simulated-Tank-2";
  const tank = parts.metadata.devices.get(name);
  assert.deepEqual([tank?.labels, tank?.description?.startsWith("Simulated")], [["simulated"], true]);
  parts.systemEvent("device", "add", { name });
  await until(() => service.health().length === 1, "the device");
  parts.metadata.onUpdate = ({ profileName }) => {
    if (tank !== undefined) parts.metadata.devices.set(name, { ...tank, profileName: profileName ?? "" });
    parts.systemEvent("device", "update", { name });
  };
  await service.handlers.scanProfile({ body: { apiVersion: "v3", deviceName: name, profileName: "tank" } }, call);
  const read = async (): Promise<number> => {
    try {
      const answer = await service.handlers.get({ name, command: "state", ...query }, call);
      return answer?.event.readings.length ?? 0;
    } catch {
      return 0;
    }
  };
  let readings = 0;
  await until(() => {
    void read().then((count) => {
      readings = count;
    });
    return readings === 3;
  }, "readings of the scanned profile");
});
