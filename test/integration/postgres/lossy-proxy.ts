import { connect, createServer, type Socket } from "node:net";
import type { PostgresAddress } from "@jx/stores";

export interface LossyProxy extends AsyncDisposable {
  readonly address: PostgresAddress;
  /** Cuts the connection at the next COMMIT: before it reaches the server, or once it has, before the answer comes back. */
  cutAtCommit(when: "before" | "after"): void;
  /** Takes no new connections; those that are there go on. */
  close(): void;
  open(): void;
}

/** The end of the statements that commit; only these are cut, for all others end in something else. */
const COMMIT = "; COMMIT\0";

/** A way to a server that loses what it is told to lose. */
export async function startLossyProxy(server: PostgresAddress): Promise<LossyProxy> {
  let cut: "before" | "after" | undefined;
  const sockets = new Set<Socket>();
  let closed = false;
  const proxy = createServer((client) => {
    if (closed) {
      client.destroy();
      return;
    }
    const upstream = connect(server.port, server.host);
    let deaf = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => {
          client.destroy();
          if (!deaf) upstream.destroy();
          sockets.delete(socket);
        });
    }
    client.on("data", (chunk: Buffer) => {
      if (cut === undefined || !chunk.includes(COMMIT)) {
        upstream.write(chunk);
        return;
      }
      deaf = cut === "after";
      cut = undefined;
      if (deaf) upstream.write(chunk);
      // The server has its time to commit before its side is closed too.
      else upstream.destroy();
      if (deaf) upstream.once("data", () => client.destroy());
      else client.destroy();
    });
    upstream.on("data", (chunk: Buffer) => {
      if (!deaf) client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  return {
    address: { ...server, port: typeof address === "object" && address !== null ? address.port : 0 },
    cutAtCommit: (when) => {
      cut = when;
    },
    close: () => {
      closed = true;
    },
    open: () => {
      closed = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
