/** edgex-behaviour.md §3.3, seen on EdgeX's Go core command. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEnvelope, encodeEnvelope, type JsonMessage } from "@jx/contracts";
import { AppError, deferred } from "@jx/kit";
import { createBus } from "@jx/runtime";
import { answerBusRequests } from "./bus-requests.ts";
import { bareCommand, EVENT, silent } from "./command.fixture.ts";

const ID = "11111111-2222-4333-8444-555555555555";
const CORRELATION = "66666666-7777-4888-9999-000000000000";

const timeoutMs = (): number => 5_000;

type Handlers = Parameters<typeof bareCommand>[0];

async function asked(
  topic: string,
  fields: Partial<JsonMessage> = {},
  handlers: Handlers = {},
): Promise<JsonMessage & { calls: readonly { input: object }[] }> {
  const bus = createBus({ onError: assert.ifError, freeze: true });
  const { calls, deps, core } = bareCommand(handlers);
  using _requests = answerBusRequests({ ...deps, bus, log: silent, handlers: core, timeoutMs });
  const answer = deferred<JsonMessage>();
  const requestId = fields.requestId ?? ID;
  bus.subscribe(
    `edgex/response/core-command/${requestId}`,
    { name: "asker", policy: "block", capacity: 1 },
    // Over the wire and back, as every asker sees it.
    (message) => answer.resolve(decodeEnvelope(message.topic, encodeEnvelope(message)) as JsonMessage),
  );
  void bus.publish({
    kind: "json",
    topic: `edgex/core/${topic}`,
    correlationId: CORRELATION,
    requestId,
    payload: null,
    from: "outside",
    ...fields,
  });
  return { ...(await answer.promise), calls };
}

test("get: the event in the REST answer's frame, with the request's ids", async () => {
  const answer = await asked("command/request/mp-d1/R1/get", {
    queryParams: { "ds-pushevent": "true", Key: "for the driver" },
  });
  assert.deepEqual([answer.requestId, answer.correlationId, answer.errorCode], [ID, CORRELATION, undefined]);
  const { event, ...frame } = answer.payload as { event: { origin: bigint; readings: object[] } };
  assert.deepEqual(frame, { apiVersion: "v3", requestId: ID, statusCode: 200 });
  assert.equal(event.origin, EVENT.origin);
  assert.equal((event.readings[0] as { value: string }).value, "5");
  const [call] = answer.calls;
  assert.deepEqual(call?.input, {
    name: "mp-d1",
    command: "R1",
    "ds-pushevent": "true",
    "ds-returnevent": "true",
    "ds-regexcmd": "true",
  });
});

test("names in the topic are decoded", async () => {
  const { calls } = await asked("command/request/a%2Fb%20%C3%A9/R1/get");
  assert.deepEqual(
    calls.map(({ input }) => (input as { name: string }).name),
    ["a/b é"],
  );
});

test("no event asked for, and a set: null", async () => {
  const none = await asked("command/request/mp-d1/R1/get", {}, { get: () => null });
  assert.deepEqual([none.payload, none.errorCode], [null, undefined]);
  const set = await asked("command/request/mp-d1/R1/set", { payload: { R1: "7" } });
  assert.deepEqual([set.payload, set.errorCode], [null, undefined]);
  assert.deepEqual(set.calls[0]?.input, { name: "mp-d1", command: "R1", body: { R1: "7" } });
});

test("what is refused: error code 1 and the words alone", async () => {
  const fails = () => {
    throw new AppError("NotFound", "Regex DeviceResource zz not found");
  };
  const cases: readonly (readonly [topic: string, fields: Partial<JsonMessage>, text: string, handlers?: Handlers])[] =
    [
      ["command/request/mp-d1/zz/get", {}, "Regex DeviceResource zz not found", { get: fails }],
      ["command/request/mp-d1/R1/del", {}, "unknown request method: del, only 'get' or 'set' is allowed"],
      [
        "command/request/mp-gh/R1/get",
        {},
        "invalid request topic: failed to get Device by name mp-gh: request failed, status code: 404, err: no device with name 'mp-gh' found",
      ],
      [
        "command/request/mp-d1/R1/get",
        { queryParams: { "ds-returnevent": "zz" } },
        "invalid query parameter, ds-returnevent has to be 'true' or 'false'",
      ],
      ["command/request/mp-d1/R1/get", { requestId: "mp-6" }, "invalid UUID length: 4"],
      ["command/request/mp-d1/R1/get", { correlationId: "" }, "invalid UUID length: 0"],
      ["command/request/mp-d1/R1/set", { payload: [1] }, "failed to parse request body"],
      [
        "commandquery/request/mp-gh",
        {},
        "failed to get commands by device name 'mp-gh': request failed, status code: 404, err: no device with name 'mp-gh' found",
      ],
    ];
  for (const [topic, fields, text, handlers] of cases) {
    const answer = await asked(topic, fields, handlers);
    assert.deepEqual([answer.errorCode, answer.payload], [1, text], topic);
  }
});

test("questions: one device, and all of them a page at a time", async () => {
  const one = (await asked("commandquery/request/mp-d1")).payload as Record<string, unknown>;
  assert.deepEqual([one["requestId"], (one["deviceCoreCommand"] as { deviceName: string }).deviceName], [ID, "mp-d1"]);
  const all = (await asked("commandquery/request/All", { queryParams: { offset: "0", limit: "1" } })).payload as Record<
    string,
    unknown
  >;
  assert.deepEqual([all["totalCount"], (all["deviceCoreCommands"] as unknown[]).length], [5, 1]);
});

test("beyond 32 at once core command is busy; a request without an id is nobody's", async () => {
  const bus = createBus({ onError: assert.ifError });
  const blocked = deferred<null>();
  const { calls, deps, core } = bareCommand({ get: () => blocked.promise });
  using _requests = answerBusRequests({ ...deps, bus, log: silent, handlers: core, timeoutMs });
  const answers: JsonMessage[] = [];
  bus.subscribe("edgex/response/#", { name: "asker", policy: "block", capacity: 100 }, (message) => {
    answers.push(message as JsonMessage);
  });
  const head = {
    kind: "json",
    topic: "edgex/core/command/request/mp-d1/R1/get",
    payload: null,
    from: "outside",
  } as const;
  void bus.publish({ ...head, correlationId: CORRELATION });
  for (let i = 0; i < 33; i += 1) void bus.publish({ ...head, correlationId: CORRELATION, requestId: ID });
  while (answers.length === 0 || calls.length < 32) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    answers.map(({ payload }) => payload),
    ["core-command busy: too many concurrent commands"],
  );
  blocked.resolve(null);
  while (answers.length < 33) await new Promise((resolve) => setImmediate(resolve));
});
