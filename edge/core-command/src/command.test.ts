/** Cases and messages: edgex-behaviour.md §3.1–3.2, seen on EdgeX's Go services. */
import assert from "node:assert/strict";
import { kindOfStatus } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { contract, EVENT, refusal } from "./command.fixture.ts";

contract(
  "listing: visible commands, then visible resources with a free name, in the profile's order",
  async (start) => {
    const { deviceCoreCommand } = await (await start()).client.commandsByDevice({ name: "mp-d1" });
    const path = "/api/v3/device/name/mp-d1";
    const url = "http://localhost:59882";
    const r1 = { resourceName: "R1", valueType: "Int16" };
    const r2 = { resourceName: "R2", valueType: "Bool" };
    assert.deepEqual(deviceCoreCommand, {
      deviceName: "mp-d1",
      profileName: "mp-prof",
      coreCommands: [
        { name: "both", get: true, path: `${path}/both`, url, parameters: [r2, r1] },
        { name: "R2", get: true, path: `${path}/R2`, url, parameters: [r2] },
        { name: "R1", get: true, set: true, path: `${path}/R1`, url, parameters: [r1] },
        {
          name: "shadowed",
          set: true,
          path: `${path}/shadowed`,
          url,
          parameters: [{ resourceName: "shadowed", valueType: "Bool" }],
        },
      ],
    });
  },
);

contract("listing: the path has the raw name", async (start) => {
  const { deviceCoreCommand } = await (await start()).client.commandsByDevice({ name: "a/b é" });
  assert.equal(deviceCoreCommand.coreCommands[0]?.path, "/api/v3/device/name/a/b é/both");
});

contract("listing of all: devices without a profile are counted and skipped; nothing is null", async (start) => {
  const { client } = await start();
  const all = await client.allCommands({});
  assert.deepEqual(
    [all.totalCount, all.deviceCoreCommands?.map(({ deviceName }) => deviceName)],
    [5, ["mp-d1", "a/b é", "orphan", "dead"]],
  );
  assert.deepEqual(await client.allCommands({ limit: 0 }), { totalCount: 5, deviceCoreCommands: null });
  assert.deepEqual(await client.allCommands({ offset: 1, limit: 1 }), { totalCount: 5, deviceCoreCommands: null });
});

contract("listing: errors of metadata are passed on with their status", async (start) => {
  const { client } = await start();
  assert.equal(
    await refusal(client.commandsByDevice({ name: "X" })),
    "404 request failed, status code: 404, err: no device with name 'X' found",
  );
  assert.equal(
    await refusal(client.commandsByDevice({ name: "bare" })),
    "404 request failed, status code: 404, err: Not Found",
  );
  assert.equal(
    await refusal(client.allCommands({ offset: 9 })),
    "416 request failed, status code: 416, err: query objects bounds out of range. length:5 offset:9",
  );
});

contract("get: parameters, foreign query keys and the correlation id reach the device service", async (start) => {
  const { client, calls } = await start();
  const context = { correlationId: "c-1", rawQuery: "ds-pushevent=true&unit=K" };
  const answer = await client.get({ name: "mp-d1", command: "R1", "ds-pushevent": "true" }, context);
  assert.deepEqual(answer?.event, EVENT, "every digit of the origin");
  assert.deepEqual(calls[0]?.input, {
    name: "mp-d1",
    command: "R1",
    "ds-pushevent": "true",
    "ds-returnevent": "true",
    "ds-regexcmd": "true",
  });
  assert.equal(calls[0]?.context.correlationId, "c-1");
  assert.equal(new URLSearchParams(calls[0]?.context.rawQuery).get("unit"), "K");
});

contract("get without an event: the empty answer comes through", async (start) => {
  const { client } = await start({ get: () => null });
  assert.equal(await client.get({ name: "mp-d1", command: "R1", "ds-returnevent": "false" }), null);
});

contract("get: ds-returnevent and ds-pushevent are true or false, ds-regexcmd is not looked at", async (start) => {
  const { client } = await start();
  for (const key of ["ds-returnevent", "ds-pushevent"]) {
    assert.equal(
      await refusal(client.get({ name: "X", command: "R1", [key]: "zz" })),
      "400 invalid query parameter, zz has to be true or false",
    );
  }
  assert.equal(await refusal(client.get({ name: "mp-d1", command: "R1", "ds-regexcmd": "zz" })), "accepted");
});

contract("set: the values reach the device service; a body that is no object is refused", async (start) => {
  const { client, calls } = await start();
  await client.set({ name: "mp-d1", command: "R1", body: { R1: 5, S: "x" } });
  const expected = { name: "mp-d1", command: "R1", body: { R1: 5, S: "x" } };
  assert.deepEqual(structuredClone(calls[0]?.input), expected);
  const body = [] as unknown as Record<string, unknown>;
  assert.equal(await refusal(client.set({ name: "mp-d1", command: "R1", body })), "400 failed to parse request body");
});

const failures: readonly [status: number, message: string][] = [
  [404, "Regex DeviceResource zzz not found"],
  [423, "device X locked"],
  [423, "device X OperatingState is DOWN"],
  [405, "no readable resources matched with X"],
  [400, "failed to create CommandValue -> failed to convert set parameter 500 to ValueType Int8"],
  [500, "error reading DeviceResource R1 for mp-d1"],
  [503, "the driver is starting"],
];
for (const [status, message] of failures) {
  contract(
    `a device service's ${status} "${message}" keeps its status; get tells the whole JSON, set the message`,
    async (start) => {
      const fail = (): never => {
        throw new AppError(kindOfStatus(status), message);
      };
      const { client } = await start({ get: fail, set: fail });
      const json = `{"apiVersion":"v3","message":"${message.replaceAll(">", "\\u003e")}","statusCode":${status}}`;
      assert.equal(
        await refusal(client.get({ name: "mp-d1", command: "R1" })),
        `${status} request failed, status code: ${status}, err: ${json}`,
      );
      assert.equal(
        await refusal(client.set({ name: "mp-d1", command: "R1", body: {} })),
        `${status} request failed, status code: ${status}, err: ${message}`,
      );
    },
  );
}

contract("a device service that is not there, or that metadata does not know", async (start) => {
  const { client, calls } = await start();
  const unavailable = "503 failed to send a http request";
  assert.equal(await refusal(client.get({ name: "dead", command: "R1" })), unavailable);
  assert.equal(await refusal(client.set({ name: "dead", command: "R1", body: {} })), unavailable);
  assert.equal(
    await refusal(client.get({ name: "orphan", command: "R1" })),
    "404 request failed, status code: 404, err: no device service with name 'gone' found",
  );
  assert.deepEqual(calls, []);
});
