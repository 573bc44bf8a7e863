/** A Modbus TCP unit of one holding register that counts what is written to it; served by modbus-serial. */
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import ServerTCP from "modbus-serial/servers/servertcp.js";

export interface Sink {
  readonly port: number;
  writes(): number;
}

export async function startSink(t: TestContext): Promise<Sink> {
  let value = 0;
  let writes = 0;
  const take = (given: number): void => {
    value = given;
    writes += 1;
  };
  // The library tells callback from promise by the number of parameters.
  const server = new ServerTCP(
    {
      getCoil: (_address, _unit, done) => done(null, false),
      getDiscreteInput: (_address, _unit, done) => done(null, false),
      getInputRegister: (_address, _unit, done) => done(null, 0),
      getHoldingRegister: (_address, _unit, done) => done(null, value),
      getMultipleInputRegisters: (_address, length, _unit, done) => done(null, Array<number>(length).fill(0)),
      getMultipleHoldingRegisters: (_address, length, _unit, done) => done(null, Array<number>(length).fill(value)),
      setCoil: (_address, _value, _unit, done) => done(null),
      setRegister: (_address, given, _unit, done) => {
        take(given);
        done(null);
      },
      setRegisterArray: (_address, given, _unit, done) => {
        take(given[0] ?? 0);
        done(null);
      },
    },
    { host: "127.0.0.1", port: "0" },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("initialized", resolve);
    server.on("serverError", reject);
  });
  // A client that is killed resets its connections.
  server.on("socketError", () => {});
  t.after(() => {
    for (const socket of server.socks.keys()) socket.destroy();
    server.close(() => {});
  });
  return { port: (server._server.address() as AddressInfo).port, writes: () => writes };
}
