import { AppError, toHex } from "@jx/kit";
import { exceptionError } from "./exceptions.ts";

/** All clause numbers: MODBUS Application Protocol Specification V1.1b3. */

export type ReadFunction = 1 | 2 | 3 | 4;

export type Request =
  /** 6.1 Read Coils, 6.2 Read Discrete Inputs, 6.3 Read Holding Registers, 6.4 Read Input Registers. */
  | { readonly function: ReadFunction; readonly address: number; readonly quantity: number }
  /** 6.5 Write Single Coil (value 0xFF00 or 0), 6.6 Write Single Register. */
  | { readonly function: 5 | 6; readonly address: number; readonly value: number }
  /** 6.11 Write Multiple Coils (first coil in the lowest bit), 6.12 Write Multiple Registers. */
  | { readonly function: 15 | 16; readonly address: number; readonly quantity: number; readonly data: Uint8Array };

/** Largest quantities: 6.1 and 6.2, 6.3 and 6.4, 6.11, 6.12. */
export const MAX_READ_BITS = 2000;
export const MAX_READ_REGISTERS = 125;
export const MAX_WRITE_COILS = 1968;
export const MAX_WRITE_REGISTERS = 123;
/** 6.5: the only two values of a coil write. */
export const COIL_ON = 0xff00;

const LIMITS: Readonly<Record<1 | 2 | 3 | 4 | 15 | 16, number>> = {
  1: MAX_READ_BITS,
  2: MAX_READ_BITS,
  3: MAX_READ_REGISTERS,
  4: MAX_READ_REGISTERS,
  15: MAX_WRITE_COILS,
  16: MAX_WRITE_REGISTERS,
};

/** Bytes that `quantity` bits or registers take in a PDU. */
function dataLength(functionCode: number, quantity: number): number {
  return functionCode === 3 || functionCode === 4 || functionCode === 16 ? quantity * 2 : Math.ceil(quantity / 8);
}

/** Throws ContractInvalid for a request that the standard does not allow: such a one never reaches the wire. */
export function encodeRequest(request: Request): Uint8Array {
  const { address } = request;
  const quantity = "quantity" in request ? request.quantity : 1;
  const limit = "quantity" in request ? LIMITS[request.function] : 1;
  if (
    !Number.isInteger(address) ||
    !Number.isInteger(quantity) ||
    address < 0 ||
    quantity < 1 ||
    quantity > limit ||
    address + quantity > 0x10000
  ) {
    throw new AppError(
      "ContractInvalid",
      `${describeRequest(request)}: outside of addresses 0–65535 or more than ${limit} at once`,
    );
  }
  const data = "data" in request ? request.data : undefined;
  if (data !== undefined && data.length !== dataLength(request.function, quantity)) {
    throw new AppError(
      "ContractInvalid",
      `${describeRequest(request)}: ${data.length} bytes do not hold ${quantity} values`,
    );
  }
  const pdu = new Uint8Array(data === undefined ? 5 : 6 + data.length);
  const view = new DataView(pdu.buffer);
  pdu[0] = request.function;
  view.setUint16(1, address);
  view.setUint16(3, "value" in request ? request.value : quantity);
  if (data !== undefined) {
    pdu[5] = data.length;
    pdu.set(data, 6);
  }
  return pdu;
}

/**
 * The data bytes of a valid answer to exactly this request (empty for writes).
 * Throws the device's exception (code "modbus-exception"), or Communication with code "modbus-bad-answer" for anything
 * that is not a valid answer to it: function, byte count, length or echo.
 */
export function decodeResponse(request: Request, pdu: Uint8Array, what = describeRequest(request)): Uint8Array {
  if (pdu[0] === (request.function | 0x80)) {
    // 7: exception function code, then the exception code, nothing else.
    if (pdu.length !== 2 || pdu[1] === 0)
      throw badAnswer(what, pdu, "an exception answer has 2 bytes and a code from 1");
    throw exceptionError(pdu[1] ?? 0, what);
  }
  if (pdu[0] !== request.function) throw badAnswer(what, pdu, `function ${request.function} was asked`);
  if (request.function <= 4 && "quantity" in request) {
    const expected = dataLength(request.function, request.quantity);
    if (pdu[1] !== expected || pdu.length !== 2 + expected) {
      throw badAnswer(
        what,
        pdu,
        `${expected} data bytes were asked, byte count says ${pdu[1]}, ${pdu.length - 2} came`,
      );
    }
    return pdu.subarray(2);
  }
  // 6.5, 6.6, 6.11, 6.12: the answer repeats the first five bytes of the request.
  const second = "value" in request ? request.value : request.quantity;
  if (pdu.length !== 5 || uint16(pdu, 1) !== request.address || uint16(pdu, 3) !== second) {
    throw badAnswer(what, pdu, "the answer does not repeat address and value or quantity of the write");
  }
  return pdu.subarray(5);
}

export const BAD_ANSWER_CODE = "modbus-bad-answer";

export function badAnswer(what: string, answer: Uint8Array, why: string): AppError {
  return new AppError("Communication", `${what}: answer discarded, ${why}`, {
    code: BAD_ANSWER_CODE,
    details: { answer: toHex(answer) },
  });
}

const NAMES: Readonly<Record<Request["function"], string>> = {
  1: "read coils",
  2: "read discrete inputs",
  3: "read holding registers",
  4: "read input registers",
  5: "write coil",
  6: "write holding register",
  15: "write coils",
  16: "write holding registers",
};

/** "read holding registers 10–13", for messages. Addresses as on the wire, from 0. */
export function describeRequest(request: Request): string {
  const last = "quantity" in request ? request.address + request.quantity - 1 : request.address;
  return `${NAMES[request.function]} ${request.address}${last > request.address ? `–${last}` : ""}`;
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
