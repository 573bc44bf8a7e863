import assert from "node:assert/strict";
import { createServer as createNetServer, type Server } from "node:net";
import { test } from "node:test";
import { AppError } from "@jx/kit";
import { portHolder } from "../system/port-holder.ts";
import { createServer, listen } from "./server.ts";

const options = { name: "core-data", host: "127.0.0.1", port: 0, allowedHosts: [], maxBodyBytes: 1_000 };

async function hold(): Promise<{ server: Server; port: number }> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, port: typeof address === "object" ? (address?.port ?? 0) : 0 };
}

test("a port that somebody listens on is refused at once, and the holder is named", async (t) => {
  const { server, port } = await hold();
  t.after(() => server.close());
  const app = createServer({ ...options, port });
  t.after(() => app.close());
  const before = performance.now();
  await assert.rejects(listen(app, { ...options, port }, portHolder), (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, "port-in-use");
    assert.match(error.message, new RegExp(`^core-data cannot listen on 127\\.0\\.0\\.1:${port}: the port is taken`));
    if (process.platform === "linux") assert.match(error.message, new RegExp(`\\(pid ${process.pid}\\)`));
    return true;
  });
  assert.ok(performance.now() - before < 2_000);
});

test("an address of another machine is told as such", async (t) => {
  const app = createServer({ ...options, host: "203.0.113.7" });
  t.after(() => app.close());
  await assert.rejects(listen(app, { ...options, host: "203.0.113.7" }, portHolder), {
    code: "address-unusable",
    message: /use an address of this machine/,
  });
});
