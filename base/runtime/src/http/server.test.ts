import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer as createNetServer, type Server, type Socket } from "node:net";
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
  await assert.rejects(listen(app, { ...options, port }, { whoHolds: portHolder }), (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, "port-in-use");
    assert.match(error.message, new RegExp(`^core-data cannot listen on 127\\.0\\.0\\.1:${port}: the port is taken`));
    if (process.platform === "linux") assert.match(error.message, new RegExp(`\\(pid ${process.pid}\\)`));
    return true;
  });
});

test("a port that a connection of the machine holds is waited for, and the wait is told", async (t) => {
  const { server, port: target } = await hold();
  t.after(() => server.close());
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const outgoing = connect({ host: "127.0.0.1", port: target });
  const [peer] = await accepted;
  const port = outgoing.localPort ?? 0;
  outgoing.on("end", () => outgoing.end());
  // The side that closes first keeps its port in TIME-WAIT: here the peer, so that ours is free again.
  setTimeout(() => peer.end(), 2_200);

  const app = createServer({ ...options, port });
  t.after(() => app.close());
  const told: string[] = [];
  const got = await listen(
    app,
    { ...options, port },
    { whoHolds: portHolder, onWait: ({ message }) => told.push(message) },
  );
  assert.equal(got, port);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", new RegExp(`^core-data waits for port ${port}, held by .+; up to a minute$`));
});

test("an address of another machine is told as such", async (t) => {
  const app = createServer({ ...options, host: "203.0.113.7" });
  t.after(() => app.close());
  await assert.rejects(listen(app, { ...options, host: "203.0.113.7" }, { whoHolds: portHolder }), {
    code: "address-unusable",
    message: /use an address of this machine/,
  });
});
