import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Client,
  commonOperations,
  dataOperations,
  keeperOperations,
  metadataOperations,
  type Table,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import { guarded, guardedRaw, NoLeave } from "./guard.ts";
import { PREFIX, runPrefix } from "./names.ts";

const own = `${runPrefix("1")}泵`;
const foreign = "Boiler-1";

/** A client that writes down what it was asked, and answers what `answers` says. */
function spy<T extends Table>(table: T, answers: Readonly<Record<string, () => unknown>> = {}) {
  const sent: string[] = [];
  const client = Object.fromEntries(
    Object.keys(table).map((name) => [
      name,
      async () => {
        sent.push(name);
        return answers[name]?.() ?? {};
      },
    ]),
  ) as unknown as Client<T>;
  return { client, sent };
}

const service = (name: string) => ({ service: { name, baseAddress: "http://h:1", adminState: "UNLOCKED" as const } });

test("with leave to ask only, nothing but GET is sent, for every operation there is", async () => {
  for (const table of [keeperOperations, metadataOperations, dataOperations] as readonly Table[]) {
    const { client, sent } = spy(table);
    const guard = guarded(table, client, "read");
    for (const name of Object.keys(table)) await guard[name]?.({ name: own, key: own } as never).catch(() => {});
    const gets = Object.entries(table).filter(([, { method }]) => method === "GET");
    assert.deepEqual(
      sent,
      gets.map(([name]) => name),
    );
  }
});

test("with leave to write, only what carries the prefix is touched", async () => {
  const { client, sent } = spy(metadataOperations);
  const guard = guarded(metadataOperations, client, "write");
  for (const call of [
    () => guard.deleteDevice({ name: foreign }),
    () => guard.deleteDevice({ name: `x${PREFIX}` }),
    () => guard.addServices({ body: [service(own), service(foreign)] }),
    () => guard.updateDevices({ body: [{ device: { name: foreign, description: "x" } }] }),
    () => guard.updateDevices({ body: [{ device: { id: "d2e1a4f2-0000-4000-8000-000000000000" } }] }),
  ]) {
    await assert.rejects(call, NoLeave);
  }
  assert.deepEqual(sent, []);
  await guard.deleteDevice({ name: own });
  await guard.addServices({ body: [service(own)] });
  await guard.addServices({ body: [service(" ")] });
  await guard.addServices({ body: [] });
  assert.deepEqual(sent, ["deleteDevice", "addServices", "addServices", "addServices"]);
});

test("keys and events: by their prefix, their device, never by age", async () => {
  const keeper = spy(keeperOperations);
  await assert.rejects(
    guarded(keeperOperations, keeper.client, "write").putKey({
      key: "edgex/v4/core-data/Writable",
      body: { value: 1 },
    }),
    NoLeave,
  );
  const data = spy(dataOperations);
  const guard = guarded(dataOperations, data.client, "write");
  await assert.rejects(guard.deleteEventsByAge({ age: 1n }), NoLeave);
  await assert.rejects(guard.deleteEventsByDevice({ name: foreign }), NoLeave);
  const common = guarded(commonOperations, spy(commonOperations).client, "write");
  const secretData = [{ key: "k", value: "v" }];
  await assert.rejects(common.secret({ body: { secretName: "mqtt", secretData } }), NoLeave);
  const body = { event: {} } as never;
  await assert.rejects(guard.addEvent({ service: own, profile: own, device: foreign, source: own, body }), NoLeave);
  assert.deepEqual([...keeper.sent, ...data.sent], []);
});

test("an event is deleted by its id only when its device is ours, or when it is nobody's", async () => {
  const stored = (deviceName: string) => spy(dataOperations, { eventById: () => ({ event: { deviceName } }) });
  const theirs = stored(foreign);
  const id = "d2e1a4f2-0000-4000-8000-000000000000";
  await assert.rejects(guarded(dataOperations, theirs.client, "write").deleteEventById({ id }), NoLeave);
  assert.deepEqual(theirs.sent, ["eventById"]);
  const ours = stored(own);
  await guarded(dataOperations, ours.client, "write").deleteEventById({ id });
  assert.deepEqual(ours.sent, ["eventById", "deleteEventById"]);
  const nobody = spy(dataOperations, {
    eventById: () => {
      throw new AppError("NotFound", "no event");
    },
  });
  await guarded(dataOperations, nobody.client, "write").deleteEventById({ id });
  const unsure = spy(dataOperations, {
    eventById: () => {
      throw new AppError("ServerError", "?");
    },
  });
  await assert.rejects(guarded(dataOperations, unsure.client, "write").deleteEventById({ id }));
  assert.deepEqual(unsure.sent, ["eventById"]);
});

test("what a run has made it may also name by its id, and nothing else by one", async () => {
  const id = "d2e1a4f2-0000-4000-8000-000000000000";
  const { client, sent } = spy(metadataOperations, { addDevices: () => [{ statusCode: 201, id }] });
  const guard = guarded(metadataOperations, client, "write");
  const change = () => guard.updateDevices({ body: [{ device: { id, description: "x" } }] });
  await assert.rejects(change, NoLeave);
  const device = { name: own, serviceName: own, adminState: "UNLOCKED", operatingState: "UP", protocols: {} } as const;
  await guard.addDevices({ body: [{ device }] });
  await change();
  assert.deepEqual(sent, ["addDevices", "updateDevices"]);
});

test("plain requests are held to the same", async () => {
  const sent: string[] = [];
  const raw = async (path: string) => {
    sent.push(path);
    return { status: 200, headers: new Headers(), text: "" };
  };
  await assert.rejects(guardedRaw(raw, "read")("/device", { method: "POST", body: "null" }), NoLeave);
  const guard = guardedRaw(raw, "write");
  const theirs = JSON.stringify([service(foreign)]);
  await assert.rejects(guard("/deviceservice", { method: "POST", body: theirs }), NoLeave);
  await assert.rejects(guard(`/device/name/${foreign}`, { method: "DELETE" }), NoLeave);
  await assert.rejects(guard("/event/age/1", { method: "DELETE", body: PREFIX }), NoLeave);
  await assert.rejects(guard("/deviceprofile/uploadfile", { method: "POST", body: `name: ${foreign}\n` }), NoLeave);
  assert.deepEqual(sent, []);
  await guard("/deviceservice", { method: "POST", body: "null" });
  await guard("/deviceservice", { method: "POST", body: JSON.stringify([service(own)]) });
  await guard(`/device/name/${encodeURIComponent(own)}`, { method: "DELETE" });
  assert.equal(sent.length, 3);
});
