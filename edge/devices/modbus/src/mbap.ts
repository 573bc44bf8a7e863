import { AppError, concatBytes, toHex } from "@jx/kit";

/** MODBUS Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3: transaction, protocol 0, length, unit; big-endian. */
export interface Frame {
  /** Transaction identifier, 0–65535. */
  readonly transaction: number;
  /** Unit identifier, 0–255. */
  readonly unit: number;
  readonly pdu: Uint8Array;
}

export const BAD_STREAM_CODE = "modbus-bad-stream";

const HEADER = 7;
/** Application Protocol V1.1b3, 4.1: a PDU has at most 253 bytes; the length field counts the unit byte too. */
const MAX_LENGTH = 254;
/** Unit, function and one byte: the shortest answer there is. */
const MIN_LENGTH = 3;

export function encodeFrame(frame: Frame): Uint8Array {
  const bytes = new Uint8Array(HEADER + frame.pdu.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, frame.transaction);
  view.setUint16(4, frame.pdu.length + 1);
  bytes[6] = frame.unit;
  bytes.set(frame.pdu, HEADER);
  return bytes;
}

/** Cuts a stream of bytes into frames, however they were split or merged on the way; keeps less than one frame. */
export class FrameDecoder {
  #rest: Uint8Array = new Uint8Array(0);

  /**
   * The frames completed by this chunk; they share its memory.
   * Throws Communication when the stream is no Modbus TCP: there is no mark to find the next frame by, so the
   * connection has to be closed. Then no frame of the chunk is handed out: Modbus TCP has no check sum, and an answer
   * that was cut short and filled up with the bytes of the next shows only by the nonsense that follows it.
   */
  push(chunk: Uint8Array): Frame[] {
    const bytes = this.#rest.length === 0 ? chunk : concatBytes([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    let length = checkedLength(bytes, at);
    while (length !== undefined && bytes.length - at >= HEADER - 1 + length) {
      const end = at + HEADER - 1 + length;
      frames.push({ transaction: uint16(bytes, at), unit: bytes[at + 6] ?? 0, pdu: bytes.subarray(at + HEADER, end) });
      at = end;
      length = checkedLength(bytes, at);
    }
    // A copy, so that a few waiting bytes do not keep a whole socket buffer alive (Buffer's own slice would not copy).
    this.#rest = new Uint8Array(bytes.subarray(at));
    return frames;
  }
}

/** The length field of the header at `at`; undefined when not all of it is there yet. Checks what is there. */
function checkedLength(bytes: Uint8Array, at: number): number | undefined {
  const there = bytes.length - at;
  const protocol = there >= 4 ? uint16(bytes, at + 2) : 0;
  const length = there >= 6 ? uint16(bytes, at + 4) : undefined;
  if (protocol === 0 && (length === undefined || (length >= MIN_LENGTH && length <= MAX_LENGTH))) return length;
  const header = toHex(bytes.subarray(at, at + HEADER));
  throw new AppError(
    "Communication",
    `not Modbus TCP: the header ${header} has protocol ${protocol} (0 is right)${length === undefined ? "" : ` and length ${length} (${MIN_LENGTH}–${MAX_LENGTH} is right)`}`,
    { code: BAD_STREAM_CODE },
  );
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
