import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError, toHex } from "@jx/kit";
import fc from "fast-check";
import { exceptionOf } from "./exceptions.ts";
import { BAD_ANSWER_CODE, decodeResponse, encodeRequest, type Request } from "./pdu.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** The request and response examples of MODBUS Application Protocol V1.1b3, clause 6. */
const EXAMPLES: readonly { clause: string; request: Request; sent: string; answer: string; data: string }[] = [
  {
    clause: "6.1",
    request: { function: 1, address: 0x13, quantity: 0x13 },
    sent: "0100130013",
    answer: "0103cd6b05",
    data: "cd6b05",
  },
  {
    clause: "6.2",
    request: { function: 2, address: 0xc4, quantity: 0x16 },
    sent: "0200c40016",
    answer: "0203acdb35",
    data: "acdb35",
  },
  {
    clause: "6.3",
    request: { function: 3, address: 0x6b, quantity: 3 },
    sent: "03006b0003",
    answer: "0306022b00000064",
    data: "022b00000064",
  },
  {
    clause: "6.4",
    request: { function: 4, address: 8, quantity: 1 },
    sent: "0400080001",
    answer: "0402000a",
    data: "000a",
  },
  {
    clause: "6.5",
    request: { function: 5, address: 0xac, value: 0xff00 },
    sent: "0500acff00",
    answer: "0500acff00",
    data: "",
  },
  { clause: "6.6", request: { function: 6, address: 1, value: 3 }, sent: "0600010003", answer: "0600010003", data: "" },
  {
    clause: "6.11",
    request: { function: 15, address: 0x13, quantity: 10, data: bytes("cd01") },
    sent: "0f0013000a02cd01",
    answer: "0f0013000a",
    data: "",
  },
  {
    clause: "6.12",
    request: { function: 16, address: 1, quantity: 2, data: bytes("000a0102") },
    sent: "100001000204000a0102",
    answer: "1000010002",
    data: "",
  },
];

for (const { clause, request, sent, answer, data } of EXAMPLES) {
  test(`V1.1b3 ${clause}: the example goes out and its answer comes in`, () => {
    assert.equal(toHex(encodeRequest(request)), sent);
    assert.equal(toHex(decodeResponse(request, bytes(answer))), data);
  });

  test(`V1.1b3 ${clause}: one changed, missing or added byte that the standard fixes is no answer`, () => {
    const good = bytes(answer);
    // Function and byte count of reads; every byte of a write's echo.
    const fixed = request.function <= 4 ? 2 : good.length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: fixed - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Uint8Array.from(good);
        bad[at] = (bad[at] ?? 0) ^ change;
        assert.throws(
          () => decodeResponse(request, bad),
          (error) => isAppError(error) && exceptionOf(error) === undefined,
        );
      }),
    );
    for (const bad of [good.subarray(0, -1), Uint8Array.of(...good, 0), new Uint8Array(0)]) {
      assert.throws(
        () => decodeResponse(request, bad),
        (error) => isAppError(error) && error.code === BAD_ANSWER_CODE,
      );
    }
  });
}

test("V1.1b3 7: the exception example (81 02) is the device's refusal, with its code and what it means", () => {
  const request: Request = { function: 1, address: 0x04a1, quantity: 1 };
  assert.throws(
    () => decodeResponse(request, bytes("8102"), "read coils 1185 of unit 1"),
    (error) =>
      exceptionOf(error) === 2 &&
      isAppError(error) &&
      /coils 1185 of unit 1: exception 2, illegal data address/.test(error.message),
  );
  assert.throws(() => decodeResponse(request, bytes("8163")), /exception 99, unknown/);
  assert.throws(
    () => decodeResponse(request, bytes("810200")),
    (error) => exceptionOf(error) === undefined,
  );
  assert.throws(
    () => decodeResponse(request, bytes("8302")),
    (error) => exceptionOf(error) === undefined,
  );
});

test("a request outside of the standard's limits never reaches the wire", () => {
  const wrong: readonly Request[] = [
    { function: 1, address: 0, quantity: 2001 },
    { function: 3, address: 0, quantity: 126 },
    { function: 3, address: 0, quantity: 0 },
    { function: 4, address: 65535, quantity: 2 },
    { function: 6, address: -1, value: 0 },
    { function: 15, address: 0, quantity: 1969, data: new Uint8Array(247) },
    { function: 16, address: 0, quantity: 2, data: new Uint8Array(2) },
    { function: 16, address: 0, quantity: 124, data: new Uint8Array(248) },
  ];
  for (const request of wrong)
    assert.throws(
      () => encodeRequest(request),
      (error) => isAppError(error, "ContractInvalid"),
    );
});

test("random bytes are an answer only when function and length are the request's", () => {
  const request: Request = { function: 3, address: 0, quantity: 2 };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 253 }), (pdu) => {
      let data: Uint8Array | undefined;
      try {
        data = decodeResponse(request, pdu);
      } catch (error) {
        assert.ok(isAppError(error, "Communication"));
      }
      assert.equal(data !== undefined, pdu.length === 6 && pdu[0] === 3 && pdu[1] === 4);
    }),
  );
});
