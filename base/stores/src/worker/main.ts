/** Entry of a database thread: opens databases, runs their jobs in the order they come, answers by id. */
import { parentPort } from "node:worker_threads";
import { storageError } from "../storage-error.ts";
import { Transfer } from "../store-module.ts";
import { type Connection, openConnection } from "./connection.ts";
import { errorToData, type Reply, type Request } from "./protocol.ts";

const connections = new Map<number, Connection>();

function reply(id: number, file: string, error: unknown, value?: unknown): void {
  if (error !== undefined) {
    const answer: Reply = { id, error: errorToData(storageError(error, file)) };
    parentPort?.postMessage(answer);
  } else if (value instanceof Transfer) {
    const answer: Reply = { id, value: value.value };
    parentPort?.postMessage(answer, [...value.buffers]);
  } else parentPort?.postMessage({ id, value } satisfies Reply);
}

async function open(request: Extract<Request, { type: "open" }>): Promise<void> {
  try {
    const connection = await openConnection(request);
    connections.set(request.store, connection);
    reply(request.id, request.file, undefined, connection.report);
  } catch (error) {
    reply(request.id, request.file, error);
  }
}

function handle(request: Exclude<Request, { type: "open" }>): void {
  const connection = connections.get(request.store);
  const file = connection?.file ?? "a closed database";
  try {
    if (request.type === "close") {
      connections.delete(request.store);
      connection?.close();
      reply(request.id, file, undefined);
    } else if (connection === undefined) throw new Error("the database is closed");
    else connection.run(request, (error, value) => reply(request.id, file, error, value));
  } catch (error) {
    reply(request.id, file, error);
  }
}

parentPort?.on("message", (request: Request) => {
  if (request.type === "open") void open(request);
  else handle(request);
});
