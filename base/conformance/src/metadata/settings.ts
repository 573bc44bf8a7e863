/** What depends on metadata's settings, which are changed as EdgeX's are: in keeper, while the service runs. */
import assert from "node:assert/strict";
import { keeperOperations } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { until } from "../until.ts";
import { house, type Metadata } from "./fixture.ts";

export const settingSteps: readonly Step<Metadata>[] = [
  {
    name: "strict profiles are neither replaced nor deleted",
    zh: "严格模式下，模型不能替换或删除",
    access: "alone",
    run: strictProfiles,
  },
];

async function strictProfiles(contract: Contract<Metadata>): Promise<void> {
  const { client, other } = contract;
  const { profile } = await house(contract, "strict");
  const keeper = other("core-keeper", keeperOperations);
  const set = async (name: string, value: boolean): Promise<void> => {
    const key = `edgex/v4/core-metadata/Writable/ProfileChange/${name}`;
    await keeper.putKey({ key, body: { value } });
  };
  const replace = () => refusal(client.replaceProfiles({ body: [{ profile }] }));
  await set("StrictDeviceProfileChanges", true);
  await set("StrictDeviceProfileDeletes", true);
  try {
    await until("the setting is followed", async () => (await replace()).startsWith("423"));
    assert.equal(
      await replace(),
      "423 profile change is not allowed when StrictDeviceProfileChanges config is enabled",
    );
    assert.equal(
      await refusal(client.deleteProfile({ name: profile.name })),
      "423 profile deletion is not allowed when StrictDeviceProfileDeletes config is enabled",
    );
  } finally {
    await set("StrictDeviceProfileChanges", false);
    await set("StrictDeviceProfileDeletes", false);
  }
  await until("the setting is followed back", async () => (await replace()) === "accepted");
  await until("deleting is allowed", async () => {
    return (await refusal(client.deleteProfile({ name: profile.name }))) === "accepted";
  });
}
