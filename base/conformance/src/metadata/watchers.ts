/** Provision watchers: edgex-behaviour.md §1.4. */
import assert from "node:assert/strict";
import type { ProvisionWatcher } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { added, type House, house, type Metadata, TOO_MUCH } from "./fixture.ts";

export const watcherSteps: readonly Step<Metadata>[] = [
  {
    name: "watchers: added, refused twice, changed, listed four ways, deleted",
    zh: "发现规则：新增、重复被拒、修改、四种方式列出、删除",
    access: "write",
    run: life,
  },
  { name: "watchers: what cannot be is refused", zh: "发现规则：有错的被拒绝", access: "write", run: refused },
];

function watcherOf({ profile, service, label }: House): ProvisionWatcher {
  return {
    name: `${label} 自动/1`,
    serviceName: service.name,
    labels: [label],
    identifiers: { Address: "^10\\." },
    adminState: "UNLOCKED",
    discoveredDevice: { profileName: profile.name, adminState: "UNLOCKED" },
  };
}

async function life(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const own = await house(contract, "watchers");
  const watcher = watcherOf(own);
  const { name } = watcher;
  const [first, twice] = await client.addWatchers({
    body: [{ provisionWatcher: watcher }, { provisionWatcher: watcher }],
  });
  assert.equal(first?.statusCode, 201);
  assert.deepEqual(twice, { statusCode: 409, message: `provision watcher name ${name} already exists` });
  const change = { name, adminState: "LOCKED" as const };
  assert.deepEqual(await client.updateWatchers({ body: [{ provisionWatcher: change }] }), [{ statusCode: 200 }]);
  assert.equal((await client.watcherByName({ name })).provisionWatcher.adminState, "LOCKED");
  const lists: readonly ((page: object) => ReturnType<typeof client.allWatchers>)[] = [
    (page) => client.allWatchers({ labels: [own.label], ...page }),
    (page) => client.watchersByProfile({ name: own.profile.name, ...page }),
    (page) => client.watchersByService({ name: own.service.name, ...page }),
  ];
  for (const list of lists) {
    assert.deepEqual(
      (await list({})).provisionWatchers.map((each) => each.name),
      [name],
    );
    assert.equal(await refusal(list({ offset: 9 })), "416 query objects bounds out of range. length:1 offset:9");
    assert.equal(await refusal(list({ limit: 1025 })), TOO_MUCH);
  }
  assert.equal(
    await refusal(client.deleteProfile({ name: own.profile.name })),
    "409 fail to delete the device profile when associated provisionWatcher exists",
  );
  assert.equal(
    await refusal(client.deleteService({ name: own.service.name })),
    "409 fail to delete the device service when associated provisionWatcher exists",
  );
  await client.deleteWatcher({ name });
  const unknown = `404 no provision watcher with name '${name}' found`;
  assert.equal(await refusal(client.watcherByName({ name })), unknown);
  assert.equal(await refusal(client.deleteWatcher({ name })), unknown);
}

async function refused(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const watcher = watcherOf(await house(contract, "no watcher"));
  const withoutIdentifiers = { ...watcher, identifiers: {} };
  assert.equal(
    await refusal(client.addWatchers({ body: [{ provisionWatcher: withoutIdentifiers }] })),
    "400 AddProvisionWatcherRequest.ProvisionWatcher.Identifiers field should greater than 0",
  );
  const nobody = { provisionWatcher: { adminState: "LOCKED" as const } };
  assert.match(await refusal(client.updateWatchers({ body: [nobody] })), /^400 .*Id field is required if the Name/);
  await added(client.addWatchers({ body: [{ provisionWatcher: watcher }] }));
}
