import {
  type Client,
  type Device,
  type DeviceProfile,
  deviceOperations,
  metadataOperations,
  type Table,
} from "@jx/contracts";
import type { Contract } from "../contract.ts";
import { added } from "../metadata/fixture.ts";
import { refusal } from "../refusal.ts";
import { until } from "../until.ts";

/** Devices of JX's device-virtual, one for each state that a command meets. */
export interface Devices {
  readonly good: string;
  readonly locked: string;
  readonly down: string;
  /** Whoever reads its resource "asserted" gets an error, and the device goes DOWN. */
  readonly odd: string;
  /** Its service is one whose address nobody listens at. */
  readonly orphan: string;
  readonly all: readonly string[];
}

const RESOURCES: NonNullable<DeviceProfile["deviceResources"]> = [
  {
    name: "R1",
    attributes: { waveform: "constant", value: 7 },
    properties: { valueType: "Int64", readWrite: "RW", maximum: 100 },
  },
  { name: "R/2 ü", properties: { valueType: "Bool", readWrite: "R" } },
  { name: "W1", properties: { valueType: "Bool", readWrite: "W" } },
  {
    name: "asserted",
    isHidden: true,
    attributes: { waveform: "constant", value: 1 },
    properties: { valueType: "Int8", readWrite: "R", assertion: "2" },
  },
  { name: "hidden", isHidden: true, properties: { valueType: "Bool", readWrite: "R" } },
];

/** Adds the devices of one step and waits until their service knows them, which follows metadata over the bus. */
export async function devicesOf<T extends Table>({ name, other }: Contract<T>, topic: string): Promise<Devices> {
  const metadata = other("core-metadata", metadataOperations);
  const profileName = name(topic);
  const service = { name: name(`${topic} gone`), baseAddress: "http://127.0.0.1:9", adminState: "UNLOCKED" } as const;
  const profile: DeviceProfile = {
    name: profileName,
    deviceResources: RESOURCES,
    deviceCommands: [{ name: "both", readWrite: "RW", resourceOperations: [{ deviceResource: "R1" }] }],
  };
  await added(metadata.addProfiles({ body: [{ profile }] }));
  await added(metadata.addServices({ body: [{ service }] }));
  const device = async (text: string, fields: Partial<Device>): Promise<string> => {
    const whole: Device = {
      name: name(`${topic} ${text}`),
      serviceName: "device-virtual",
      profileName,
      adminState: "UNLOCKED",
      operatingState: "UP",
      protocols: { other: { Address: "1" } },
      ...fields,
    };
    await added(metadata.addDevices({ body: [{ device: whole }], bypassValidation: "true" }));
    return whole.name;
  };
  const good = await device("阀/1 b+# é%2F", {});
  const locked = await device("locked", { adminState: "LOCKED" });
  const down = await device("down", { operatingState: "DOWN" });
  const odd = await device("odd", {});
  const orphan = await device("orphan", { serviceName: service.name });
  await known(other("device-virtual", deviceOperations), [good, locked, down, odd]);
  return { good, locked, down, odd, orphan, all: [good, locked, down, odd, orphan] };
}

async function known({ get }: Client<typeof deviceOperations>, names: readonly string[]): Promise<void> {
  await until("the device service knows its devices", async () => {
    const answers = await Promise.all(names.map((name) => refusal(get({ name, command: "R1" }))));
    return answers.every((answer) => !answer.includes("404"));
  });
}
