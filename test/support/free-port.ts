import { createServer } from "node:net";

/** Below Linux's range for outgoing connections (32768–60999), so that none of those takes the port meanwhile. */
const FIRST = 20_000;
const COUNT = 12_000;

/** A port of loopback that nobody listens on, for programs that cannot be told to take any free one. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port among 100 from ${FIRST}`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return promise;
}
