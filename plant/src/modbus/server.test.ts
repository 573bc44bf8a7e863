import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { UNITS } from "./points.ts";
import { PlantServer } from "./server.ts";

async function startServer() {
  const written: [number, string, number | boolean][] = [];
  const server = new PlantServer(
    { host: "127.0.0.1", port: 0 },
    {
      units: UNITS,
      values: () => ({
        Start: true,
        Stop: false,
        Reset: true,
        BearingTempDE: 36.7,
        BearingTempNDE: -1,
        SpeedSetpoint: 1450,
      }),
      write: (unit, name, value) => void written.push([unit.unit, name, value]),
      faults: () => [],
      onRestored: () => {},
      onListenFailed: () => {},
    },
  );
  await server.listen();
  return { server, written, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Sends raw bytes and gives what comes back within `ms`, or as soon as `bytes` have come. */
async function exchange(port: number, request: Uint8Array, bytes: number, ms = 1000): Promise<Buffer> {
  const socket: Socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  const answer = await new Promise<Buffer>((resolve) => {
    let got = Buffer.alloc(0);
    const timer = setTimeout(() => resolve(got), ms);
    const done = (): void => {
      clearTimeout(timer);
      resolve(got);
    };
    socket.on("data", (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.length >= bytes) done();
    });
    socket.on("close", done);
    socket.write(request);
  });
  socket.destroy();
  return answer;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** Request and answer byte by byte, laid out as Modbus Application Protocol V1.1b3 §6 and the Messaging Guide §3.1.3 say. */
const FRAMES: readonly (readonly [what: string, request: string, answer: string])[] = [
  ["coils", "0001 0000 0006 01 01 0000 0003", "0001 0000 0004 01 01 01 05"],
  ["input registers", "beef 0000 0006 02 04 0000 0002", "beef 0000 0007 02 04 04 016f fff6"],
  ["one holding register", "0002 0000 0006 01 03 0000 0001", "0002 0000 0005 01 03 02 05aa"],
  ["write one coil", "0003 0000 0006 01 05 0001 ff00", "0003 0000 0006 01 05 0001 ff00"],
  ["write coils", "0004 0000 0008 01 0f 0000 0002 01 02", "0004 0000 0006 01 0f 0000 0002"],
  ["write one register", "0005 0000 0006 01 06 0000 03e8", "0005 0000 0006 01 06 0000 03e8"],
  ["write registers", "0006 0000 000b 01 10 0000 0002 04 03e8 0032", "0006 0000 0006 01 10 0000 0002"],
  ["unknown function", "0007 0000 0006 01 63 0000 0001", "0007 0000 0003 01 e3 01"],
  ["illegal address", "0008 0000 0006 01 04 03e7 0001", "0008 0000 0003 01 84 02"],
];

test("frames stand byte by byte as the standard lays them out", { timeout: 10_000 }, async () => {
  await using it = await startServer();
  for (const [what, request, answer] of FRAMES) {
    const wanted = hex(answer);
    assert.equal(
      (await exchange(it.server.port, hex(request), wanted.length)).toString("hex"),
      wanted.toString("hex"),
      what,
    );
  }
  assert.deepEqual(it.written, [
    [1, "Stop", true],
    [1, "Start", false],
    [1, "Stop", true],
    [1, "SpeedSetpoint", 1000],
    [1, "SpeedSetpoint", 1000],
    [1, "RampTime", 5],
  ]);
});

test("two requests in one segment are answered in order, a request in two segments once", {
  timeout: 10_000,
}, async () => {
  await using it = await startServer();
  const both = hex("0001 0000 0006 01 01 0000 0003 0002 0000 0006 01 03 0000 0001");
  const answers = hex("0001 0000 0004 01 01 01 05 0002 0000 0005 01 03 02 05aa");
  assert.deepEqual(await exchange(it.server.port, both, answers.length), answers);
});

test("an empty write gets one answer, not two", { timeout: 10_000 }, async () => {
  await using it = await startServer();
  const answer = await exchange(it.server.port, hex("0001 0000 0007 01 10 0000 0000 00"), 99, 100);
  assert.equal(answer.toString("hex"), "000100000003019002");
});

test("garbage neither stops the server nor writes anything that the map does not allow", {
  timeout: 30_000,
}, async () => {
  await using it = await startServer();
  const pdu = fc.tuple(
    fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 15, 16, 17, 22, 23, 43, 90, 255),
    fc.uint8Array({ maxLength: 40 }),
  );
  const framed = pdu.map(([code, rest]) => {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(rest.length + 2, 4);
    head[6] = 1;
    head[7] = code;
    return Buffer.concat([head, rest]);
  });
  const bytes = fc.oneof(
    framed,
    fc.uint8Array({ minLength: 1, maxLength: 64 }).map((raw) => Buffer.from(raw)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 20 }), async (chunks) => {
      await exchange(it.server.port, Buffer.concat(chunks), 1 << 20, 5);
    }),
    { numRuns: 60 },
  );
  const answer = await exchange(it.server.port, hex("0001 0000 0006 01 03 0000 0001"), 11);
  assert.equal(answer.toString("hex"), "0001000000050103" + "0205aa");
  for (const [, name, value] of it.written) {
    if (typeof value === "boolean") assert.ok(["Start", "Stop", "Reset"].includes(name));
    else
      assert.ok(
        name === "SpeedSetpoint" ? value >= 600 && value <= 1480 : name === "RampTime" && value >= 1 && value <= 60,
      );
  }
});
