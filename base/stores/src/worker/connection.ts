import type { DatabaseSync } from "node:sqlite";
import { AppError } from "@jx/kit";
import { openDatabase, openForReading } from "../database.ts";
import type { Jobs, StoreModule } from "../store-module.ts";
import { GroupCommit } from "./group-commit.ts";
import type { OpenReply, OpenRequest, RunRequest } from "./protocol.ts";
import { finished, isSliced, SlicedReads } from "./sliced-reads.ts";

type Done = (error: unknown, value?: unknown) => void;

/** One database as one thread sees it. */
export interface Connection {
  readonly file: string;
  readonly report: OpenReply;
  run(request: RunRequest, done: Done): void;
  close(): void;
}

export async function openConnection(request: OpenRequest): Promise<Connection> {
  const { store } = (await import(request.module)) as { store?: StoreModule };
  if (store === undefined) {
    throw new AppError(
      "ServerError",
      `${request.module} exports no "store"; it must hold export const store = defineStore(…)`,
    );
  }
  return request.role === "writer" ? writer(request, store) : reader(request, store);
}

function writer(request: OpenRequest, store: StoreModule): Connection {
  const { file, synchronous } = request;
  const { db, report } = openDatabase({ file, schema: store.schema, synchronous });
  const listeners: (() => void)[] = [];
  const group = new GroupCommit(db, { intervalMs: request.commitIntervalMs, rows: request.commitRows }, () => {
    for (const listener of listeners) listener();
  });
  const writes = store.writes(db, { onRollback: (listener) => listeners.push(listener) });
  const reads = store.reads(db);
  return {
    file,
    report,
    run({ type, job, args, patient = false }, done) {
      if (type === "write") group.submit(() => find(writes, job)(args as never), done, patient);
      else {
        // On the writer's own connection a read would see rows that are not committed yet.
        group.flush();
        const read = find(reads, job);
        done(
          undefined,
          inSnapshot(db, () => (isSliced(read) ? finished(read(args as never)) : read(args as never))),
        );
      }
    },
    close() {
      group.flush();
      db.close();
    },
  };
}

function reader(request: OpenRequest, store: StoreModule): Connection {
  const db: DatabaseSync = openForReading(request.file);
  const reads = store.reads(db);
  const sliced = new SlicedReads(request.file, store);
  return {
    file: request.file,
    report: undefined,
    run({ job, args }, done) {
      const read = find(reads, job);
      if (isSliced(read)) return sliced.run({ job, args }, done);
      done(
        undefined,
        inSnapshot(db, () => read(args as never)),
      );
    },
    close() {
      sliced.close();
      db.close();
    },
  };
}

/** All queries of a read job see the database as it was at one moment. */
function inSnapshot<T>(db: DatabaseSync, job: () => T): T {
  db.exec("BEGIN");
  try {
    return job();
  } finally {
    db.exec("COMMIT");
  }
}

function find(jobs: Jobs, name: string): (args: never) => unknown {
  const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined;
  if (job === undefined)
    throw new AppError("ServerError", `no job "${name}"; there are ${Object.keys(jobs).join(", ")}`);
  return job;
}
