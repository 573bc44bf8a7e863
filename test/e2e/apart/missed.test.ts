/**
 * What happens to devices while those who should hear of it are away. Each turn leaves the system with other devices than
 * the device service last heard of, and no system event will ever tell it: they are QoS 0.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@jx/contracts";
import { ask, askJson } from "../../support/http.ts";
import { OWN_DEVICE, OWN_PROFILE } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";
import { missing, type System, startSystem } from "./system.ts";

const LIMIT_MS = 30_000;

interface Changes {
  readonly add: string;
  readonly lock: string;
  readonly delete: string;
  /** The profile's new resource. */
  readonly resource: string;
}

let resources = OWN_PROFILE.deviceResources;

async function change({ api }: System, changes: Changes): Promise<void> {
  const metadata = api("core-metadata");
  const [level] = OWN_PROFILE.deviceResources ?? [];
  assert.ok(level);
  resources = [...(resources ?? []), { ...level, name: changes.resource }];
  const send = (method: string, path: string, body?: object): Promise<{ status: number; text: string }> =>
    ask(`${metadata}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify([{ apiVersion: "v3", ...body }]) }),
      headers: { "content-type": "application/json" },
    });
  const device: Device = { ...OWN_DEVICE, name: changes.add };
  const answers = [
    await send("PUT", "deviceprofile", { profile: { ...OWN_PROFILE, deviceResources: resources } }),
    // Nobody can validate it while the broker is away.
    await send("POST", "device?bypassValidation=true", { device }),
    await send("PATCH", "device?bypassValidation=true", { device: { name: changes.lock, adminState: "LOCKED" } }),
    await send("DELETE", `device/name/${changes.delete}`),
  ];
  for (const { text } of answers) assert.doesNotMatch(text, /"statusCode":[45]/);
}

/** The device service, and through it core data, have them as metadata does. */
async function known({ api }: System, { add, lock, delete: gone, resource }: Changes): Promise<void> {
  const status = async (device: string, what: string): Promise<number> =>
    (await ask(`${api("device-virtual")}/device/name/${device}/${what}`)).status;
  const becomes = (device: string, what: string, wanted: number): Promise<unknown> =>
    until(`${device}/${what} gives ${wanted}`, async () => (await status(device, what)) === wanted, LIMIT_MS);
  await becomes(add, "Level", 200);
  await becomes(add, resource, 200);
  await becomes(lock, "Level", 423);
  await becomes(gone, "Level", 404);
  const count = `${api("core-data")}/event/count/device/name/${add}`;
  await until("its events are stored", async () => (await askJson<{ count: number }>(count)).count > 5, LIMIT_MS);
}

const turns: readonly (readonly [name: string, turn: (system: System, work: () => Promise<void>) => Promise<void>])[] =
  [
    ["the broker is away", (system, work) => system.withoutBroker(work)],
    [
      "the device service is stopped",
      async (system, work) => {
        await system.stop("device-virtual");
        await work();
        await system.start("device-virtual");
      },
    ],
    [
      "metadata crashes right after",
      async (system, work) => {
        await work();
        await system.restart("core-metadata", { crash: true });
      },
    ],
    [
      "the broker is away and metadata crashes; it comes after the broker",
      async (system, work) => {
        await system.withoutBroker(async () => {
          await work();
          await system.stop("core-metadata");
        });
        await system.start("core-metadata");
      },
    ],
  ];

test("changes of devices that nobody heard of", { skip: missing(), timeout: 300_000 }, async (t) => {
  const system = await startSystem(t);
  for (const name of ["kept-0", "kept-1", "kept-2", "kept-3", "gone-0", "gone-1", "gone-2", "gone-3"]) {
    const body = [{ apiVersion: "v3", device: { ...OWN_DEVICE, name } }];
    const [added] = await askJson<{ statusCode: number }[]>(`${system.api("core-metadata")}/device`, { body });
    assert.equal(added?.statusCode, 201);
  }
  for (const [i, [name, turn]] of turns.entries()) {
    await t.test(name, async () => {
      const changes = { add: `added-${i}`, lock: `kept-${i}`, delete: `gone-${i}`, resource: `More${i}` };
      await turn(system, () => change(system, changes));
      await known(system, changes);
    });
  }
});
