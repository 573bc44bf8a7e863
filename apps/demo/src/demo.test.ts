import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type Client,
  checkBody,
  type Device,
  type DeviceProfile,
  type MetadataOperations,
  metadataOperations,
  type RulesOperations,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import { Demo } from "./demo.ts";
import { DEMO_LABEL, demoDevices, demoProfiles } from "./station-model.ts";
import { DEMO_RULE_FILE, DEMO_RULES } from "./station-rules.ts";

/** Metadata and rules as far as the demo knows them: it asks for no more than what is here. */
class Services {
  readonly devices = new Map<string, Partial<Device>>();
  readonly profiles = new Map<string, Partial<DeviceProfile>>();
  readonly files = new Map<string, string>();
  readonly inUse = new Set<string>();
  readonly calls: string[] = [];
  busy = 0;

  readonly metadata = {
    addProfiles: async ({ body }: { body: { profile: DeviceProfile }[] }) => {
      checkBody(metadataOperations.addProfiles.body, versioned(body), metadataOperations.addProfiles.dto);
      return body.map(({ profile }) => this.#add(this.profiles, profile));
    },
    addDevices: async ({ body }: { body: { device: Device }[] }) => {
      checkBody(metadataOperations.addDevices.body, versioned(body), metadataOperations.addDevices.dto);
      await this.#work();
      return body.map(({ device }) => this.#add(this.devices, device));
    },
    updateDevices: async ({ body }: { body: { device: Partial<Device> }[] }) =>
      body.map(({ device }) => {
        this.devices.set(device.name ?? "", { ...this.devices.get(device.name ?? ""), ...device });
        return { statusCode: 200 };
      }),
    allDevices: async ({ labels }: { labels: string[] }) => ({ devices: labelled(this.devices, labels) }),
    allProfiles: async ({ labels }: { labels: string[] }) => ({ profiles: labelled(this.profiles, labels) }),
    deleteDevice: async ({ name }: { name: string }) => void this.devices.delete(name),
    deleteProfile: async ({ name }: { name: string }) => {
      if (this.inUse.has(name)) throw new AppError("StatusConflict", "in use");
      this.profiles.delete(name);
    },
  } as unknown as Client<MetadataOperations>;

  readonly rules = {
    allFiles: async () => ({ files: [...this.files].map(([file, text]) => ({ file, text })) }),
    putFile: async ({ file, body }: { file: string; body: { text: string } }) => void this.files.set(file, body.text),
    deleteFile: async ({ file }: { file: string }) => {
      if (!this.files.delete(file)) throw new AppError("NotFound", "no such file");
    },
  } as unknown as Client<RulesOperations>;

  #add<T extends { name: string }>(to: Map<string, Partial<T>>, item: T) {
    if (to.has(item.name)) return { statusCode: 409, message: "exists" };
    to.set(item.name, item);
    return { statusCode: 201 };
  }

  async #work(): Promise<void> {
    this.busy += 1;
    assert.equal(this.busy, 1, "on and off run one after the other");
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.busy -= 1;
  }
}

function labelled<T extends { labels?: readonly string[] }>(map: Map<string, Partial<T>>, labels: string[]) {
  return [...map.values()].filter((item) => labels.every((label) => item.labels?.includes(label) === true));
}

function versioned(body: object[]): object[] {
  return body.map((item) => ({ apiVersion: "v3", ...item }));
}

function setup(t: TestContext, plantPort = 0) {
  const folder = mkdtempSync(join(tmpdir(), "jx-demo-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const services = new Services();
  const stateFile = join(folder, "demo.json");
  const log = { info: () => undefined, warn: () => undefined };
  const make = (): Demo => {
    const demo = new Demo({ stateFile, plantPort, seed: 1 }, { ...services, log });
    t.after(() => demo[Symbol.asyncDispose]());
    return demo;
  };
  return { services, make, stateFile, demo: make() };
}

const portOf = ({ devices }: Services, name: string): string | undefined =>
  devices.get(name)?.protocols?.["modbus-tcp"]?.["Port"] as string | undefined;

test("the station's profiles and devices are as metadata wants them, with units and labels", () => {
  for (const profile of demoProfiles()) {
    assert.deepEqual(profile.labels, [DEMO_LABEL]);
    const names = new Set(profile.deviceResources?.map(({ name }) => name));
    assert.equal(names.size, profile.deviceResources?.length);
    for (const { resourceOperations } of profile.deviceCommands ?? [])
      for (const { deviceResource } of resourceOperations) assert.ok(names.has(deviceResource));
  }
  const profiles = new Map(demoProfiles().map((profile) => [profile.name, profile]));
  for (const device of demoDevices(1502)) {
    const profile = profiles.get(device.profileName ?? "");
    assert.ok(profile, device.name);
    const commands = new Set(profile.deviceCommands?.map(({ name }) => name));
    for (const { sourceName } of device.autoEvents ?? []) assert.ok(commands.has(sourceName));
  }
});

test("on: the plant runs, its devices point to it; off: what carries the label goes and nothing else", async (t) => {
  const { services, demo, make, stateFile } = setup(t);
  services.profiles.set("own", { name: "own", labels: ["mine"] });
  services.devices.set("own", { name: "own", labels: ["mine"] });
  services.files.set("own.pangu", "");
  await demo.resume();
  const status = await demo.status();
  assert.equal(status.on && status.plant.running, true);
  assert.equal(services.devices.size, 1 + demoDevices(0).length);
  for (const { name } of demoDevices(0)) assert.equal(portOf(services, name), String(status.plant.port));
  assert.equal(services.files.get(DEMO_RULE_FILE), DEMO_RULES);
  services.inUse.add("CCW-Pump");
  const off = await demo.off();
  assert.deepEqual([off.on, off.plant.running], [false, false]);
  assert.deepEqual([...services.devices.keys()], ["own"]);
  assert.deepEqual([...services.profiles.keys()].sort(), ["CCW-Pump", "own"], "a profile that a device uses stays");
  assert.deepEqual([...services.files.keys()], ["own.pangu"]);
  assert.throws(() => process.kill(status.plant.pid ?? 0, 0), { code: "ESRCH" });
  await make().resume();
  assert.deepEqual([...services.devices.keys()], ["own"], "off stays off over a restart");
  assert.deepEqual(JSON.parse(readFileSync(stateFile, "utf8")), { on: false });
});

test("what the user changed stays: their own device of the same name, and the rules they edited", async (t) => {
  const { services, demo } = setup(t);
  const own = { name: "CCW-Pump-1", labels: [], protocols: { "modbus-tcp": { Address: "10.0.0.5", Port: "502" } } };
  services.devices.set(own.name, own);
  services.files.set(DEMO_RULE_FILE, "// mine");
  await demo.on();
  assert.deepEqual(services.devices.get(own.name), own);
  assert.equal(services.files.get(DEMO_RULE_FILE), "// mine");
  await demo.off();
  assert.deepEqual([...services.devices.keys()], [own.name]);
});

test("a taken port: the plant takes another one, and the devices follow", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  const taken = typeof address === "object" ? (address?.port ?? 0) : 0;
  const { services, demo } = setup(t, taken);
  const { plant } = await demo.on();
  assert.ok(plant.port !== undefined && plant.port !== taken);
  assert.equal(portOf(services, "CCW-Pump-1"), String(plant.port));
});

test("a plant that is killed is started again, once, and its devices follow", async (t) => {
  const { services, demo } = setup(t);
  const first = (await demo.on()).plant;
  process.kill(first.pid ?? 0, "SIGKILL");
  let second = first;
  for (const end = performance.now() + 15_000; performance.now() < end; ) {
    const { plant } = await demo.status();
    if (plant.running && plant.pid !== first.pid && portOf(services, "CCW-Header") === String(plant.port)) {
      second = plant;
      break;
    }
    // Asking meanwhile must not make a second one.
    if (!plant.running) await demo.on();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.notEqual(second.pid, first.pid);
  await demo.off();
  assert.throws(() => process.kill(second.pid ?? 0, 0), { code: "ESRCH" });
});

test("on and off at once end as the last one said, and leave no process", async (t) => {
  const { services, demo } = setup(t);
  const [on, off] = await Promise.all([demo.on(), demo.off()]);
  assert.deepEqual([on.on, off.on], [true, false]);
  assert.throws(() => process.kill(on.plant.pid ?? 0, 0), { code: "ESRCH" });
  assert.equal(services.devices.size, 0);
});

test("without a plant its faults are refused with what helps", async (t) => {
  const { demo } = setup(t);
  await assert.rejects(demo.fault({ fault: "overheat", pump: 1 }), {
    kind: "ServiceUnavailable",
    message: /jx demo on/,
  });
  assert.deepEqual((await demo.status()).activeFaults, []);
  await demo.on();
  assert.equal((await demo.fault({ fault: "overheat", pump: 1 })).activeFaults.length, 1);
  assert.deepEqual((await demo.clear()).activeFaults, []);
});

test("a torn state file is read as new", async (t) => {
  const { services, demo, stateFile } = setup(t);
  writeFileSync(stateFile, '{"on":fal');
  await demo.resume();
  assert.ok(services.devices.size > 0);
});
