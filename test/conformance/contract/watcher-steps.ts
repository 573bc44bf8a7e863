/** Provision watchers of core metadata, for metadata.test.ts: edgex-behaviour.md §1.4. */
import assert from "node:assert/strict";
import type { metadataOperations, ProvisionWatcher } from "@jx/contracts";
import { refusal, type Step } from "./suite.ts";

/** `profile` and `service` are there; the watchers go when the steps end. */
export function watcherSteps(profile: string, service: string): readonly Step<typeof metadataOperations>[] {
  const watcher: ProvisionWatcher = {
    name: "自动/1",
    serviceName: service,
    labels: ["one"],
    identifiers: { Address: "^10\\." },
    adminState: "UNLOCKED",
    discoveredDevice: { profileName: profile, adminState: "UNLOCKED" },
  };
  const { name } = watcher;
  const past = { offset: 9 };
  return [
    [
      "watchers: added, refused twice, changed, listed four ways, deleted",
      async ({ client }) => {
        const [added, twice] = await client.addWatchers({
          body: [{ provisionWatcher: watcher }, { provisionWatcher: watcher }],
        });
        assert.equal(added?.statusCode, 201);
        assert.deepEqual(twice, { statusCode: 409, message: `provision watcher name ${name} already exists` });
        const change = { name, adminState: "LOCKED" as const };
        assert.deepEqual(await client.updateWatchers({ body: [{ provisionWatcher: change }] }), [{ statusCode: 200 }]);
        assert.equal((await client.watcherByName({ name })).provisionWatcher.adminState, "LOCKED");
        for (const list of [
          client.allWatchers({ labels: ["one"] }),
          client.watchersByProfile({ name: profile }),
          client.watchersByService({ name: service }),
        ]) {
          assert.deepEqual(
            (await list).provisionWatchers.map((each) => each.name),
            [name],
          );
        }
        const beyond = "416 query objects bounds out of range. length:1 offset:9";
        assert.equal(await refusal(client.allWatchers(past)), beyond);
        assert.equal(await refusal(client.watchersByProfile({ name: profile, ...past })), beyond);
        assert.equal(await refusal(client.watchersByService({ name: service, ...past })), beyond);
      },
    ],
    [
      "watchers: what cannot be is refused",
      async ({ client }) => {
        const withoutIdentifiers = { ...watcher, identifiers: {} };
        assert.equal(
          await refusal(client.addWatchers({ body: [{ provisionWatcher: withoutIdentifiers }] })),
          "400 AddProvisionWatcherRequest.ProvisionWatcher.Identifiers field should greater than 0",
        );
        const nobody = { provisionWatcher: { adminState: "LOCKED" as const } };
        assert.match(
          await refusal(client.updateWatchers({ body: [nobody] })),
          /^400 .*Id field is required if the Name/,
        );
        const tooMuch = { limit: 1025 };
        const limit = "400 querystring limit's value 1025 is out of min -1 ~ max 1024 range.";
        assert.equal(await refusal(client.allWatchers(tooMuch)), limit);
        assert.equal(await refusal(client.watchersByProfile({ name: profile, ...tooMuch })), limit);
        assert.equal(await refusal(client.watchersByService({ name: service, ...tooMuch })), limit);
        assert.equal(
          await refusal(client.deleteProfile({ name: profile })),
          "409 fail to delete the device profile when associated provisionWatcher exists",
        );
        await client.deleteWatcher({ name });
        const unknown = `404 no provision watcher with name '${name}' found`;
        assert.equal(await refusal(client.watcherByName({ name })), unknown);
        assert.equal(await refusal(client.deleteWatcher({ name })), unknown);
      },
    ],
  ];
}
