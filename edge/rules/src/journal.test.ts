import assert from "node:assert/strict";
import { test } from "node:test";
import type { Firing } from "@jx/contracts";
import { AppError, deferred } from "@jx/kit";
import type { RuleState } from "@jx/pangu";
import { createLogger, createMetrics } from "@jx/runtime";
import { Journal } from "./journal.ts";
import type { FiringLog, KeptFiring } from "./store/firing-log.ts";

const firing = (id: string): Firing => ({ id }) as Firing;
const state = (rule: string, fired: boolean): RuleState => ({ rule, fired }) as RuleState;

function setup() {
  const writes: { firings: readonly KeptFiring[]; states: ReadonlyMap<string, RuleState | null> }[] = [];
  const disk = { full: false, gate: undefined as Promise<void> | undefined };
  const firings = {
    async record(kept: readonly KeptFiring[], states: ReadonlyMap<string, RuleState | null>) {
      await disk.gate;
      if (disk.full) throw new AppError("Storage", "the disk is full");
      writes.push({ firings: kept, states });
    },
  } as FiringLog;
  const abort = new AbortController();
  const metrics = createMetrics();
  const log = createLogger({ level: "ERROR", write: () => undefined });
  return { writes, disk, abort, metrics, journal: new Journal({ firings, log, metrics, signal: abort.signal }) };
}

test("while one write is under way the next gathers: the newest state of a rule, each firing as it stands", async () => {
  const { journal, writes, disk } = setup();
  const gate = deferred<void>();
  disk.gate = gate.promise;
  journal.begin([firing("1")], [state("a", true)]);
  journal.begin([firing("2")], [state("a", false), state("b", true)]);
  journal.begin([], [state("a", true)]);
  journal.finish(firing("2"));
  journal.finish(firing("1"));
  gate.resolve();
  await journal.settled();
  assert.deepEqual(
    writes.map(({ firings, states }) => [
      firings.map(({ firing: { id }, pending, isNew }) => [id, pending, isNew]),
      [...states.values()].map((each) => [each?.rule, each?.fired]),
    ]),
    [
      [[["1", true, true]], [["a", true]]],
      [
        [
          ["2", false, true],
          ["1", false, false],
        ],
        [
          ["a", true],
          ["b", true],
        ],
      ],
    ],
    "2 was never written as pending, so it is new; 1 was",
  );
});

test("a full disk loses nothing: it is written when there is room, and forgotten rules stay forgotten", async () => {
  const { journal, writes, disk } = setup();
  disk.full = true;
  journal.begin([firing("1")], [state("a", true)]);
  setTimeout(() => {
    disk.full = false;
  }, 50);
  journal.forget(["a"]);
  await journal.settled();
  assert.deepEqual(
    writes.map(({ firings, states }) => [firings.length, [...states.values()]]),
    [
      [1, [state("a", true)]],
      [0, [null]],
    ],
  );
});

test("an edge that stops does not wait for a full disk for ever; what is lost is counted", async () => {
  const { journal, disk, abort, metrics } = setup();
  disk.full = true;
  journal.begin([firing("1"), firing("2")], []);
  abort.abort();
  const before = performance.now();
  await journal.settled();
  assert.ok(performance.now() - before < 3_000);
  assert.match(metrics.text(), /^jx_rules_firings_lost_total 2$/m);
});

test("firings that wait are bounded, the oldest goes, and it is counted", async () => {
  const { journal, writes, disk, metrics } = setup();
  const gate = deferred<void>();
  disk.gate = gate.promise;
  journal.begin([firing("first")], []);
  for (let i = 0; i < 10_005; i += 1) journal.begin([firing(String(i))], []);
  gate.resolve();
  await journal.settled();
  assert.equal(writes[1]?.firings.length, 10_000);
  assert.equal(writes[1]?.firings[0]?.firing.id, "5");
  assert.match(metrics.text(), /^jx_rules_firings_lost_total 5$/m);
});
