/** Expectations: edgex-device-sdk.md §1 "Folders"; device-sdk-go 4.0.2 internal/provision. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { defineDeviceService } from "../service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver, until } from "../test-parts.ts";

const PROFILE = `name: profile
deviceResources:
  - name: a
    properties: { valueType: Int16, readWrite: R }
`;
const DEVICES = `deviceList:
  - name: one
    profileName: profile
    adminState: LOCKED
    serviceName: other
    protocols: { scripted: { Line: line-1, Unit: 1 } }
  - name: two
    profileName: profile
    protocols: { scripted: { Line: line-1, Unit: 2 } }
`;
const WATCHER = `name: w
serviceName: ${KEY}
identifiers: { Line: x }
adminState: UNLOCKED
discoveredDevice: { adminState: UNLOCKED, profileName: profile }
`;

/** Folders with these files; the service's settings name them. */
function folders(t: TestContext, parts: Bench, files: Readonly<Record<string, string>>): void {
  const root = mkdtempSync(join(tmpdir(), "jx-provision-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ["profiles", "devices", "watchers"]) mkdirSync(join(root, folder));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  parts.configure(({ Device }) => {
    Device.ProfilesDir = join(root, "profiles");
    Device.DevicesDir = join(root, "devices");
    Device.ProvisionWatchersDir = join(root, "watchers");
  });
}

function start(parts: Bench) {
  const definition = defineDeviceService({
    key: KEY,
    port: 0,
    description: "test",
    drivers: [new ScriptedDriver().driver],
  });
  return definition.start(parts.context);
}

const FILES = {
  "profiles/p.yaml": PROFILE,
  "profiles/notes.txt": "not looked at",
  "profiles/broken.yml": "name: [",
  "devices/d.yml": DEVICES,
  "devices/d.json": JSON.stringify([{ name: "three", protocols: { scripted: { Line: "l", Unit: 3 } } }]),
  "watchers/w.yaml": WATCHER,
};

test("what is new is added; a device belongs to this service, unlocked and UP, whatever its file says", async (t) => {
  const parts = bench();
  folders(t, parts, FILES);
  parts.metadata.refuse.add("two");
  await using service = await start(parts);
  assert.ok(service);
  const { profiles, devices, watchers } = parts.metadata;
  assert.deepEqual([...profiles.keys()], ["profile"]);
  assert.deepEqual([...devices.keys()], ["three", "one"], "a refused device keeps no other away");
  const { serviceName, adminState, operatingState } = devices.get("one") ?? {};
  assert.deepEqual([serviceName, adminState, operatingState], [KEY, "UNLOCKED", "UP"]);
  assert.deepEqual([...watchers.keys()], ["w"]);
});

test("what metadata has stays, or is overwritten where so configured, but for owner, lock and state", async (t) => {
  for (const overwrite of [false, true]) {
    const parts = bench();
    folders(t, parts, FILES);
    parts.configure(({ Device }) => {
      Device.OverwriteProfiles = overwrite;
      Device.OverwriteDevices = overwrite;
    });
    const { metadata } = parts;
    const id = "11111111-2222-4333-8444-555555555555";
    metadata.profiles.set("profile", { id, name: "profile", model: "stored" });
    metadata.devices.set("one", device("one", { adminState: "LOCKED", operatingState: "DOWN" }));
    metadata.watchers.set("w", {
      name: "w",
      serviceName: KEY,
      identifiers: { stored: "x" },
      adminState: "LOCKED",
      discoveredDevice: { adminState: "LOCKED" },
    });
    await using service = await start(parts);
    assert.ok(service);
    const { model, ...stored } = metadata.profiles.get("profile") ?? { name: "" };
    assert.deepEqual([model, stored.id], [overwrite ? undefined : "stored", id]);
    const patch = metadata.patches.find((each) => (each as { device?: { name: string } }).device?.name === "one");
    if (!overwrite) assert.equal(patch, undefined);
    else {
      const { adminState, operatingState, serviceName, protocols } = (patch as { device: Record<string, unknown> })
        .device;
      assert.deepEqual([adminState, operatingState, serviceName], ["LOCKED", "DOWN", KEY]);
      assert.deepEqual(protocols, { scripted: { Line: "line-1", Unit: 1 } });
    }
    assert.deepEqual(metadata.watchers.get("w")?.identifiers, { stored: "x" }, "watchers are never overwritten");
  }
});

test("a folder that is not there is told and ends nothing; metadata that comes later gets all", async (t) => {
  const parts = bench();
  folders(t, parts, FILES);
  parts.configure(({ Device }) => {
    Device.ProfilesDir = join(tmpdir(), "jx-provision-none");
  });
  parts.metadata.available = false;
  await using service = await start(parts);
  assert.ok(service);
  assert.equal(parts.metadata.devices.size, 0);
  parts.metadata.available = true;
  await until(() => parts.metadata.watchers.size === 1, "the start-up folders");
  assert.deepEqual([...parts.metadata.devices.keys()], ["three", "one", "two"]);
});

test("an index on the web names the files next to it; user and password are sent, not shown", async (t) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ""}`);
    const pages: Record<string, string> = {
      "/dir/profiles.json?k=1": '{"profile":"p.yaml"}',
      "/dir/p.yaml?k=1": PROFILE,
      "/dir/devices.json": '["d.yaml","gone.yaml"]',
      "/dir/d.yaml": DEVICES,
    };
    const page = pages[request.url ?? ""];
    response.statusCode = page === undefined ? 404 : 200;
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const parts = bench();
  parts.configure(({ Device }) => {
    Device.ProfilesDir = `http://user:pass@127.0.0.1:${port}/dir/profiles.json?k=1`;
    Device.DevicesDir = `http://127.0.0.1:${port}/dir/devices.json`;
  });
  await using service = await start(parts);
  assert.ok(service);
  assert.deepEqual([...parts.metadata.devices.keys()], ["one", "two"]);
  assert.deepEqual(asked, [
    "/dir/profiles.json?k=1 Basic dXNlcjpwYXNz",
    "/dir/p.yaml?k=1 Basic dXNlcjpwYXNz",
    "/dir/devices.json ",
    "/dir/d.yaml ",
    "/dir/gone.yaml ",
  ]);
});
