/**
 * A Modbus TCP server with a measured value and a stop coil for each unit. It raises values, and notes when the raised
 * value was first read and when the stop coil was written. One answer per request, nothing checked that a client of ours
 * gets right.
 */
import { createServer, type Socket } from "node:net";
import { answer } from "../parts/helper.ts";

export type CoilQuestion = { readonly ask: "listen" } | { readonly ask: "measure"; readonly count: number };
export interface CoilAnswer {
  readonly port: number;
  /** ms from the rise to the coil, and from the first answer that told of it to the coil. */
  readonly fromRise: readonly number[];
  readonly fromAnswer: readonly number[];
}

const UNITS = 20;
/** A unit rests so long between its coil and its next rise, and half as much more at random: two polls at least. */
const REST_MS = 120;

interface Unit {
  value: number;
  coil: number;
  risen: number | undefined;
  told: number | undefined;
}

const units: Unit[] = Array.from({ length: UNITS + 1 }, () => ({
  value: 0,
  coil: 0,
  risen: undefined,
  told: undefined,
}));
let fromRise: number[] = [];
let fromAnswer: number[] = [];
let wanted = 0;
let finished = Promise.withResolvers<void>();

answer(async (question: CoilQuestion): Promise<CoilAnswer> => {
  if (question.ask === "listen") return { port: await listen(), fromRise, fromAnswer };
  [fromRise, fromAnswer, wanted, finished] = [[], [], question.count, Promise.withResolvers()];
  for (const unit of units.slice(1)) rest(unit);
  await finished.promise;
  return { port: 0, fromRise, fromAnswer };
});

function rest(unit: Unit): void {
  setTimeout(
    () => {
      if (fromRise.length >= wanted) return;
      unit.coil = 0;
      unit.value = 100;
      unit.risen = performance.now();
    },
    REST_MS * (1 + Math.random() / 2),
  );
}

function coilWritten(unit: Unit): void {
  const now = performance.now();
  if (unit.risen === undefined || unit.told === undefined) return;
  fromRise.push(now - unit.risen);
  fromAnswer.push(now - unit.told);
  unit.value = 0;
  unit.risen = undefined;
  unit.told = undefined;
  if (fromRise.length >= wanted) finished.resolve();
  rest(unit);
}

/** Functions of the Modbus Application Protocol V1.1b3, §6: read coils 1, holding registers 3, write coil 5, coils 15. */
function respond(unit: Unit, request: Buffer): Buffer {
  const quantity = request.readUInt16BE(3);
  switch (request[0]) {
    case 1:
      return Buffer.from([1, 1, unit.coil]);
    case 3: {
      const answer = Buffer.alloc(2 + quantity * 2);
      answer[0] = 3;
      answer[1] = quantity * 2;
      answer.writeUInt16BE(unit.value, 2);
      if (unit.risen !== undefined) unit.told ??= performance.now();
      return answer;
    }
    case 5:
    case 15:
      unit.coil = 1;
      coilWritten(unit);
      return request.subarray(0, 5);
    default:
      return Buffer.from([(request[0] ?? 0) | 0x80, 1]);
  }
}

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  let waiting = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    waiting = Buffer.concat([waiting, chunk as Buffer]);
    while (waiting.length >= 8 && waiting.length >= 6 + waiting.readUInt16BE(4)) {
      const end = 6 + waiting.readUInt16BE(4);
      const unit = units[waiting[6] ?? 0];
      if (unit !== undefined) {
        const pdu = respond(unit, waiting.subarray(7, end));
        const header = Buffer.from(waiting.subarray(0, 7));
        header.writeUInt16BE(pdu.length + 1, 4);
        socket.write(Buffer.concat([header, pdu]));
      }
      waiting = waiting.subarray(end);
    }
  });
}

async function listen(): Promise<number> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
