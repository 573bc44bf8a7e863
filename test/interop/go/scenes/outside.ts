/** Commands of a client of core command's external broker, which here is the bus's own. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { decodeEnvelope, type JsonMessage, stringifyJson } from "@jx/contracts";
import { until } from "../../../support/wait.ts";
import { FIRST } from "../values.ts";
import type { Joined, Reading } from "./joined.ts";

export async function fromOutside({ bus }: Joined): Promise<void> {
  const ask = async (path: string, payload: unknown = null): Promise<Readonly<Record<string, unknown>>> => {
    const id = randomUUID();
    const envelope = { apiVersion: "v3", requestID: id, correlationID: id, contentType: "application/json", payload };
    bus.send(`edgex/command/request/${path}`, stringifyJson(envelope));
    const answers = () => bus.under(`edgex/command/response/${path}`).map((message) => message.envelope);
    return until(`an answer to ${path}`, () => answers().find(({ requestID }) => requestID === id));
  };
  const read = async (resource: string): Promise<Reading> => {
    // A Binary reading comes in CBOR, as the device service sent it.
    const answer = stringifyJson(await ask(`go-gauge/${resource}/get`));
    const { payload, errorCode } = decodeEnvelope("answer", Buffer.from(answer)) as JsonMessage;
    assert.equal(errorCode, undefined, String(payload));
    return (payload as { event: { readings: readonly Reading[] } }).event.readings[0] ?? assert.fail(resource);
  };
  assert.equal((await read("String")).value, FIRST["String"]);
  assert.equal((await read("Uint64")).value, FIRST["Uint64"]);
  const { binaryValue = assert.fail("no bytes") } = await read("Binary");
  assert.equal(Buffer.from(binaryValue).toString("base64"), FIRST["Binary"]);
  const set = await ask("go-gauge/Int16/set", { Int16: "-9" });
  assert.deepEqual([set["errorCode"], set["payload"]], [0, null]);
  assert.equal((await read("Int16")).value, "-9");
  await ask("go-gauge/Int16/set", { Int16: FIRST["Int16"] });
  const refused = await ask("go-gauge/Nothing/get");
  assert.deepEqual([refused["errorCode"], refused["payload"]], [1, "Regex DeviceResource Nothing not found"]);
}
