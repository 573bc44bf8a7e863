import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openDatabase } from "@jx/stores";
import { EventBuilder } from "../column-builder.ts";
import { Dictionary } from "../dictionary.ts";
import { encodeEvents } from "../encode.ts";
import { event } from "../sample-events.ts";
import { store } from "./jobs.ts";

test("what a rollback undid is made again by the next append: names, and numbers without a gap", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jx-append-"));
  const { db } = openDatabase({ file: join(folder, "events.db"), schema: store.schema });
  t.after(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });
  const listeners: (() => void)[] = [];
  const { append } = store.writes(db, { onRollback: (listener) => listeners.push(listener) });
  const dictionary = new Dictionary();
  const appendIn = (end: "COMMIT" | "ROLLBACK"): number => {
    const builder = new EventBuilder(1e6);
    encodeEvents([event()], builder, dictionary);
    db.exec("BEGIN");
    const first = append({ fresh: dictionary.takeFresh(), events: builder.finish() });
    db.exec(end);
    if (end === "ROLLBACK") for (const listener of listeners) listener();
    return first;
  };

  assert.deepEqual([appendIn("ROLLBACK"), appendIn("COMMIT"), appendIn("COMMIT")], [1, 1, 2]);
  const joined = db.prepare(
    "SELECT count(*) AS n FROM event JOIN source ON source.id = event.source JOIN reading USING (seq) JOIN series ON series.id = series",
  );
  assert.equal(joined.get()?.n, 2n);
});
