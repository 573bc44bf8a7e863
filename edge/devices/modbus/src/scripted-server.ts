import { createServer, type Server, type Socket } from "node:net";
import { encodeFrame, type Frame, FrameDecoder } from "./mbap.ts";

/** For tests: a raw TCP server whose answers, right or wrong, the test writes itself. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** Every request that came, in order. */
  readonly requests: readonly Frame[];
  readonly connections: number;
  /** Breaks all connections. */
  drop(): void;
}

export type Script = (request: Frame, socket: Socket) => void;

export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: Frame[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    const decoder = new FrameDecoder();
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      for (const frame of decoder.push(chunk)) {
        const request = { ...frame, pdu: new Uint8Array(frame.pdu) };
        requests.push(request);
        script(request, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: portOf(server),
    requests,
    get connections() {
      return connections;
    },
    drop,
    async [Symbol.asyncDispose]() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** A unit with 65,536 of everything, that answers as the standard has it; `refuses` gives an exception code or 0. */
export function unitScript(memory: Memory, refuses: (pdu: DataView) => number = () => 0): Script {
  return (request, socket) => {
    const view = new DataView(request.pdu.buffer);
    const exception = refuses(view);
    const pdu = exception === 0 ? answerOf(view, memory) : Uint8Array.of(view.getUint8(0) | 0x80, exception);
    socket.write(encodeFrame({ ...request, pdu }));
  };
}

export interface Memory {
  readonly registers: Uint16Array;
  /** 0 or 1 each. */
  readonly bits: Uint8Array;
}

export function emptyMemory(): Memory {
  return { registers: new Uint16Array(65536), bits: new Uint8Array(65536) };
}

function answerOf(request: DataView, { registers, bits }: Memory): Uint8Array {
  const code = request.getUint8(0);
  const address = request.getUint16(1);
  const second = request.getUint16(3);
  const echo = new Uint8Array(request.buffer, 0, 5).slice();
  if (code === 3 || code === 4) {
    const pdu = new Uint8Array(2 + second * 2);
    pdu.set([code, second * 2]);
    const view = new DataView(pdu.buffer);
    for (let i = 0; i < second; i++) view.setUint16(2 + i * 2, registers[address + i] ?? 0);
    return pdu;
  }
  if (code === 1 || code === 2) {
    const pdu = new Uint8Array(2 + Math.ceil(second / 8));
    pdu.set([code, pdu.length - 2]);
    for (let i = 0; i < second; i++)
      pdu[2 + (i >> 3)] = (pdu[2 + (i >> 3)] ?? 0) | ((bits[address + i] ?? 0) << (i & 7));
    return pdu;
  }
  if (code === 5) bits[address] = second === 0xff00 ? 1 : 0;
  if (code === 6) registers[address] = second;
  if (code === 15) for (let i = 0; i < second; i++) bits[address + i] = (request.getUint8(6 + (i >> 3)) >> (i & 7)) & 1;
  if (code === 16) for (let i = 0; i < second; i++) registers[address + i] = request.getUint16(6 + i * 2);
  return echo;
}
