/**
 * POST /event of a peer with EDGEX_OPTIMIZE_EVENT_PAYLOAD=true: the body is what go-mod-core-contracts 4.0.3 sends then
 * (dtos/event.go, marshal; vectors in contracts wire/optimized.test.ts). A Go core data reads it with the same variable.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AddEventRequest, dataOperations, defineTable, Type } from "@jx/contracts";
import { ask } from "../http/http.fixture.ts";
import { defineService } from "../service.ts";
import { setup } from "./host.fixture.ts";
import type { HostOptions } from "./host.ts";

const BODY =
  '{"apiVersion":"v3","event":{"apiVersion":"v3","id":"3e7a0000-0000-4000-8000-000000000000","deviceName":"dev","profileName":"prof","sourceName":"src","origin":1795472580937858331,"readings":[{"valueType":"Int16","units":"C","value":"5"}],"tags":{"t":"1"}}}';
const REFUSAL =
  "AddEventRequest.Event.Readings[0].Origin field is required; AddEventRequest.Event.Readings[0].DeviceName field is required; AddEventRequest.Event.Readings[0].ResourceName field is required";

const cases: readonly [what: string, options: Partial<HostOptions>, taken: boolean][] = [
  ["with nothing set", {}, false],
  ["with the variable", { environment: { EDGEX_OPTIMIZE_EVENT_PAYLOAD: "true" } }, true],
  ["with the setting", { file: { d: new Map([["MessageBus/OptimizeEvents", "true"]]) } }, true],
];
for (const [what, options, taken] of cases) {
  test(`an event over REST whose reading leaves out what the event says, ${what}`, async (t) => {
    const { host } = setup(t, options);
    const events: AddEventRequest["event"][] = [];
    const { port } = await host.start(
      defineService({
        key: "d",
        port: 0,
        operations: defineTable({ addEvent: dataOperations.addEvent }),
        config: Type.Object({}),
        start: async () => ({
          handlers: {
            addEvent: ({ body }) => {
              events.push(body.event);
              return { id: body.event.id };
            },
          },
        }),
      }),
    );
    const { status, text } = await ask(port, "/api/v3/event/svc/prof/dev/src", { method: "POST", body: BODY });
    if (taken) {
      assert.equal(status, 201, text);
      const [reading] = events[0]?.readings ?? [];
      assert.deepEqual(
        [reading?.deviceName, reading?.profileName, reading?.resourceName, reading?.origin, reading?.value],
        ["dev", "prof", "src", 1795472580937858331n, 5],
      );
    } else {
      assert.equal(status, 400);
      assert.equal((JSON.parse(text) as { message: string }).message, REFUSAL);
      assert.deepEqual(events, []);
    }
  });
}
