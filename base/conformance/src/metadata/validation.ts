/** Whether a device can be is its own service's to say: edgex-behaviour.md §1.2, the callback. */
import assert from "node:assert/strict";
import { type Contract, DEVICE_VIRTUAL_ONLY, type Step } from "../contract.ts";
import { houseOf, type Metadata } from "./fixture.ts";

export const validationSteps: readonly Step<Metadata>[] = [
  {
    name: "the device's own service is asked, and its reason is passed on",
    zh: "由设备所属的服务校验，并转达它的理由",
    access: "write",
    jxOnly: DEVICE_VIRTUAL_ONLY,
    run: asked,
  },
];

async function asked({ client, name }: Contract<Metadata>): Promise<void> {
  const { profile, device: any } = houseOf(name, "asked");
  await client.addProfiles({ body: [{ profile }] });
  const device = { ...any, serviceName: "device-virtual", protocols: { other: { Seed: "soon" } } };
  const [refused] = await client.addDevices({ body: [{ device }] });
  assert.equal(refused?.statusCode, 500);
  assert.match(refused?.message ?? "", /^Device .* validation failed: .*Address/);
  const [accepted] = await client.addDevices({ body: [{ device: { ...device, protocols: any.protocols } }] });
  assert.equal(accepted?.statusCode, 201, accepted?.message);
}
