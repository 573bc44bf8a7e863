/** edgex-behaviour.md §3.3, seen on EdgeX's Go core command. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEnvelope, encodeEnvelope, type JsonMessage } from "@jx/contracts";
import { deferred } from "@jx/kit";
import { createBus } from "@jx/runtime";
import { answerBusRequests } from "./bus-requests.ts";
import { type BusService, bareCommand, serviceOnBus, silent } from "./command.fixture.ts";

const ID = "11111111-2222-4333-8444-555555555555";
const CORRELATION = "66666666-7777-4888-9999-000000000000";

const timeoutMs = (): number => 5_000;

const ANSWER = { apiVersion: "v3", requestId: ID, statusCode: 200, event: { origin: 1795472580937858331n } };

async function asked(
  topic: string,
  fields: Partial<JsonMessage> = {},
  service: BusService = () => ({ payload: ANSWER }),
  timeout = timeoutMs,
): Promise<JsonMessage & { calls: readonly JsonMessage[] }> {
  const bus = createBus({ onError: assert.ifError, freeze: true });
  const { deps, core } = bareCommand();
  const calls = serviceOnBus(bus, service);
  using _requests = answerBusRequests({ ...deps, bus, log: silent, handlers: core, timeoutMs: timeout });
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

test("a command is passed on to the device service as it came, and its answer comes with the request's ids", async () => {
  const queryParams = { "ds-pushevent": "true", Key: "for the driver" };
  const answer = await asked("command/request/mp-d1/R1/get", { queryParams });
  assert.deepEqual([answer.requestId, answer.correlationId, answer.errorCode], [ID, CORRELATION, undefined]);
  assert.deepEqual(answer.payload, ANSWER);
  const [call] = answer.calls;
  assert.equal(call?.topic, "edgex/device/command/request/svc/mp-d1/R1/get");
  assert.deepEqual([call?.requestId, call?.correlationId, call?.queryParams], [ID, CORRELATION, queryParams]);
});

test("names in the topic are decoded once, and stand as one level each", async () => {
  const { calls } = await asked("command/request/a%2Fb%20%C3%A9/R1/get");
  assert.deepEqual(
    calls.map(({ topic }) => topic),
    ["edgex/device/command/request/svc/a%2Fb é/R1/get"],
  );
});

test("a set brings its values; null and CBOR come back as they are", async () => {
  const set = await asked("command/request/mp-d1/R1/set", { payload: { R1: "7" } }, () => ({ payload: null }));
  assert.deepEqual([set.payload, set.errorCode, set.calls[0]?.payload], [null, undefined, { R1: "7" }]);
  const bytes = new Uint8Array([0, 255]);
  const binary = await asked("command/request/mp-d1/R1/get", {}, () => ({ payload: { bytes }, cbor: true }));
  assert.deepEqual([binary.payload, binary.cbor], [{ bytes }, true]);
});

test("what is refused: error code 1 and the words alone", async () => {
  const failed = "Failed to send DeviceCommand request with internal MessageBus: ";
  const refuses: BusService = () => ({ payload: "Regex DeviceResource zz not found", errorCode: 1 });
  const cases: readonly (readonly [topic: string, fields: Partial<JsonMessage>, text: string, service?: BusService])[] =
    [
      ["command/request/mp-d1/zz/get", {}, "Regex DeviceResource zz not found", refuses],
      [
        "command/request/mp-d1/R1/get",
        {},
        `${failed}timed out waiting for response on edgex/response/svc/${ID} topic`,
        () => undefined,
      ],
      ["command/request/dead/R1/get", {}, `${failed}nobody listens to edgex/device/command/request/dead/dead/R1/get`],
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
      [
        "commandquery/request/mp-gh",
        {},
        "failed to get commands by device name 'mp-gh': request failed, status code: 404, err: no device with name 'mp-gh' found",
      ],
      [
        "commandquery/request/all",
        { queryParams: { offset: "x" } },
        `failed to convert 'offset' query parameter to intger: strconv.Atoi: parsing "x": invalid syntax`,
      ],
      [
        "commandquery/request/all",
        { queryParams: { offset: "99" } },
        "failed to get all commands: request failed, status code: 416, err: query objects bounds out of range. length:5 offset:99",
      ],
    ];
  for (const [topic, fields, text, service] of cases) {
    const answer = await asked(topic, fields, service, () => 50);
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
  const { deps, core } = bareCommand();
  const calls = serviceOnBus(bus, () => undefined);
  using _requests = answerBusRequests({ ...deps, bus, log: silent, handlers: core, timeoutMs: () => 500 });
  const answers: JsonMessage[] = [];
  bus.subscribe("edgex/response/core-command/+", { name: "asker", policy: "block", capacity: 100 }, (message) => {
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
  while (answers.length < 33) await new Promise((resolve) => setImmediate(resolve));
});
