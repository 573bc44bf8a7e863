import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device, DeviceProfile } from "@jx/contracts";
import { bench, KEY, until } from "@jx/device-sdk/test-parts";
import { deviceModbus } from "./index.ts";
import { emptyMemory, scriptedServer, unitScript } from "./scripted-server.ts";

const switches = { true: "ON", false: "OFF" };
const modes = { "0": "Cool", "1": "Heat", "2": "Auto" };
const speeds = { "0": "Low", "1": "Med", "2": "High" };

// device-modbus-go cmd/res/profiles/modbus.test.device.profile.yml, texts left out and mappings shortened.
const profile: DeviceProfile = {
  name: "Test-Device-Modbus-Profile",
  deviceResources: [
    {
      name: "SwitchA",
      isHidden: true,
      attributes: { primaryTable: "COILS", startingAddress: 0 },
      properties: { valueType: "Bool", readWrite: "RW", scale: 1, minimum: 0, maximum: 1, defaultValue: "0" },
    },
    {
      name: "SwitchB",
      isHidden: true,
      attributes: { primaryTable: "COILS", startingAddress: 14 },
      properties: { valueType: "Bool", readWrite: "RW", scale: 1, minimum: 0, maximum: 1, defaultValue: "0" },
    },
    {
      name: "OperationMode",
      isHidden: true,
      attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: 1 },
      properties: { valueType: "Int16", readWrite: "RW", scale: 1, minimum: 0, maximum: 11, defaultValue: "0" },
    },
    {
      name: "CommunicationFailure",
      isHidden: true,
      // 10.10 in the file: YAML makes it this float.
      attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: 10.1 },
      properties: { valueType: "Bool", readWrite: "R", scale: 1, minimum: 0, maximum: 1, defaultValue: "0" },
    },
    {
      name: "FanSpeed",
      isHidden: true,
      attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: 2 },
      properties: { valueType: "Int32", readWrite: "RW", scale: 1, minimum: 0, maximum: 9, defaultValue: "0" },
    },
    {
      name: "RoomTemperature",
      isHidden: false,
      attributes: { primaryTable: "INPUT_REGISTERS", startingAddress: 3, rawType: "Int16" },
      properties: { valueType: "Float32", readWrite: "R", scale: 0.1 },
    },
    {
      name: "Temperature",
      isHidden: true,
      attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: 5, rawType: "Int16" },
      properties: { valueType: "Float32", readWrite: "RW", scale: 0.1 },
    },
  ],
  deviceCommands: [
    {
      name: "Switch",
      readWrite: "RW",
      isHidden: false,
      resourceOperations: [
        { deviceResource: "SwitchA", mappings: switches },
        { deviceResource: "SwitchB", mappings: switches },
      ],
    },
    {
      name: "HVACValues",
      readWrite: "RW",
      isHidden: false,
      resourceOperations: [
        { deviceResource: "OperationMode", mappings: modes },
        { deviceResource: "FanSpeed", mappings: speeds },
        { deviceResource: "Temperature" },
      ],
    },
  ],
};

// cmd/res/devices/modbus.test.devices.yaml; the tests put in their own port and interval.
const device: Device = {
  name: "Modbus-TCP-test-device",
  profileName: profile.name,
  labels: ["Air conditioner", "modbus TCP"],
  protocols: { "modbus-tcp": { Address: "0.0.0.0", Port: 1502, UnitID: 1, Timeout: 5, IdleTimeout: 5 } },
  serviceName: KEY,
  adminState: "UNLOCKED",
  operatingState: "UP",
};

const call = { correlationId: "c" };
const query = { "ds-pushevent": "false", "ds-returnevent": "true", "ds-regexcmd": "true" };

async function start(port: number, more: Partial<Device> = {}) {
  const parts = bench();
  const protocols = { "modbus-tcp": { ...device.protocols["modbus-tcp"], Port: String(port) } };
  parts.metadata.profiles.set(profile.name, profile);
  parts.metadata.devices.set(device.name, { ...device, protocols, ...more });
  const service = await deviceModbus.start(parts.context);
  return {
    parts,
    service,
    async get(command: string): Promise<Record<string, unknown>> {
      const answer = await service.handlers.get({ name: device.name, command, ...query }, call);
      return Object.fromEntries((answer?.event.readings ?? []).map(({ resourceName, value }) => [resourceName, value]));
    },
    async set(command: string, body: Record<string, string>): Promise<void> {
      await service.handlers.set({ name: device.name, command, body }, call);
    },
  };
}

test("EdgeX's own device-modbus files load and their commands work", async () => {
  assert.deepEqual([deviceModbus.key, deviceModbus.port], ["device-modbus", 59901]);
  const memory = emptyMemory();
  await using server = await scriptedServer(unitScript(memory));
  const { service, get, set } = await start(server.port);
  await using _ = service;

  memory.registers.set([0, 2, 0, 1, 0, 215], 0);
  memory.registers[10] = 1 << 10;
  memory.bits[14] = 1;
  assert.deepEqual(await get("Switch"), { SwitchA: "OFF", SwitchB: "ON" });
  assert.deepEqual(await get("HVACValues"), { OperationMode: "Auto", FanSpeed: "Med", Temperature: Math.fround(21.5) });
  assert.deepEqual(await get("CommunicationFailure"), { CommunicationFailure: true });
  memory.registers[3] = 0xfff6;
  assert.deepEqual(await get("RoomTemperature"), { RoomTemperature: -1 });

  await set("Switch", { SwitchA: "ON", SwitchB: "OFF" });
  await set("HVACValues", { OperationMode: "Heat", FanSpeed: "High", Temperature: "22.9" });
  assert.deepEqual([memory.bits[0], memory.bits[14]], [1, 0]);
  assert.deepEqual([...memory.registers.subarray(1, 6)], [1, 0, 2, 0, 229]);
  assert.deepEqual(await get("Temperature"), { Temperature: Math.fround(22.9) });
  assert.equal(server.connections, 1);
});

test("what the device refuses is told with unit, address and meaning, and the device stays ok", async () => {
  await using server = await scriptedServer(unitScript(emptyMemory(), (pdu) => (pdu.getUint8(0) === 6 ? 3 : 0)));
  const { service, get, set } = await start(server.port);
  await using _ = service;
  await get("Temperature");
  await assert.rejects(
    set("HVACValues", { OperationMode: "Heat", FanSpeed: "Low", Temperature: "20" }),
    /writing "OperationMode": write holding register 1 of unit 1 .* exception 3, illegal data value/,
  );
  assert.equal(deviceModbus.health()[0]?.state, "ok");
});

test("auto events go on after the connection broke", async () => {
  await using server = await scriptedServer(unitScript(emptyMemory()));
  const { service, parts } = await start(server.port, { autoEvents: [{ interval: "10ms", sourceName: "HVACValues" }] });
  await using _ = service;
  await until(() => parts.events.length > 2, "events");
  server.drop();
  const before = parts.events.length;
  await until(() => server.connections > 1 && parts.events.length > before + 2, "events after the break");
});

test("a connection closed because it was idle is opened again at the next poll, and no poll fails for it", async () => {
  await using server = await scriptedServer(unitScript(emptyMemory()));
  const idle = { Address: "127.0.0.1", Port: server.port, UnitID: 1, IdleTimeout: "20ms" };
  const { service, parts } = await start(server.port, {
    protocols: { "modbus-tcp": idle },
    autoEvents: [{ interval: "40ms", sourceName: "HVACValues" }],
  });
  await using _ = service;
  await until(() => server.connections >= 4, "reconnections");
  const [health] = deviceModbus.health();
  assert.deepEqual([health?.state, health?.failures, health?.skippedPolls], ["ok", 0, 0]);
  assert.ok(parts.events.length >= 3);
});
