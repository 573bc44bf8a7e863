import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Firing, filters, type JsonMessage, topics } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { newPlant, type Started, startRules, temporaryFolder, until } from "./rules.fixture.ts";

const CONTEXT = { correlationId: "test" };
const HOT = 'rule "hot" { when p.t > 42 ℃ then set p.stop = true }';
const put = async (service: Started, text: string, file = "a.pangu") =>
  service.handlers.putFile({ file, body: { text } }, CONTEXT);
const ended = (service: Started, count = 1) =>
  until("the firing has ended", async () => {
    const firings = await service.firings();
    return firings.length >= count && firings.every(({ actions }) => actions.every(({ state }) => state !== "pending"))
      ? firings
      : undefined;
  });

test("a rule fires once, writes, reads back, and fires again only after it was false", async (t) => {
  const plant = newPlant();
  await using service = await startRules(temporaryFolder(t), plant);
  await put(service, HOT);
  await service.read({ t: 41 });
  const hot = await service.read({ t: 43 });
  await service.read({ t: 44 });
  const [firing] = await ended(service);
  assert.deepEqual(plant.written, ["stop=true"]);
  assert.equal(firing?.cause, "rise");
  assert.deepEqual(
    firing?.operands.map(({ value, units, origin, eventId }) => ({ value, units, origin, eventId })),
    [{ value: 43, units: "℃", origin: hot.origin, eventId: hot.id }],
    "64-bit origins come back whole",
  );
  assert.deepEqual(
    firing?.actions.map(({ text, state }) => [text, state]),
    [["p.stop = true", "verified"]],
  );
  assert.match(firing?.reason.zh ?? "", /42/);
  plant.values.set("stop", false);
  await service.read({ t: 40 });
  await service.read({ t: 50 });
  await ended(service, 2);
  assert.equal(plant.written.length, 2);
  const { rule } = await service.handlers.ruleByName({ name: "hot" }, CONTEXT);
  assert.equal(rule.firings, 2);
});

test("a rule written after the reading judges what the device last said, unless the device is gone", async (t) => {
  const plant = newPlant();
  await using service = await startRules(temporaryFolder(t), plant);
  await service.read({ t: 43 });
  await put(service, HOT);
  const [firing] = await ended(service);
  assert.equal(firing?.cause, "true-at-start");
  await service.handlers.deleteFile({ file: "a.pangu" }, CONTEXT);
  await service.removed("p");
  await put(service, HOT.replace('"hot"', '"again"'));
  const { rule } = await service.handlers.ruleByName({ name: "again" }, CONTEXT);
  assert.equal(rule.state, "unknown");
});

test("true at the first good sample: fires with its own cause; a bad one neither fires nor re-arms", async (t) => {
  const plant = newPlant();
  await using service = await startRules(temporaryFolder(t), plant);
  await put(service, HOT);
  await service.read({ t: 60 }, { quality: "bad" });
  assert.deepEqual(await service.firings(), []);
  await service.read({ t: 60 });
  await service.read({ t: 60 }, { quality: "bad" });
  await service.read({ t: null });
  await service.read({ t: 60 });
  const firings = await ended(service);
  assert.deepEqual(
    firings.map(({ cause }) => cause),
    ["true-at-start"],
  );
});

test("after a restart what fired does not fire again; what became false meanwhile does", async (t) => {
  const folder = temporaryFolder(t);
  const plant = newPlant();
  {
    await using service = await startRules(folder, plant);
    await put(service, HOT);
    await service.read({ t: 43 });
    await ended(service);
  }
  {
    await using service = await startRules(folder, plant);
    assert.deepEqual(await service.names(), ["hot"]);
    const { rule } = await service.handlers.ruleByName({ name: "hot" }, CONTEXT);
    assert.equal(rule.firings, 1);
    assert.equal(rule.lastFiring, (await service.firings())[0]?.time, "when it fired last is known after a restart");
    await service.read({ t: 44 });
    assert.equal((await service.firings()).length, 1);
    await service.read({ t: 40 });
  }
  await using service = await startRules(folder, plant);
  await service.read({ t: 45 });
  const firings = await ended(service, 2);
  assert.equal(firings[0]?.cause, "true-after-restart");
});

test("an action that the end of the edge interrupts is marked at the next start and judged afresh", async (t) => {
  const folder = temporaryFolder(t);
  const crashed = join(folder, "crashed");
  const plant = newPlant();
  {
    const held = Promise.withResolvers<void>();
    plant.hold = held.promise;
    await using service = await startRules(folder, plant);
    await put(service, HOT);
    await service.read({ t: 43 });
    const [firing] = await until("the firing is kept", async () => {
      const list = await service.firings();
      return list.length > 0 ? list : undefined;
    });
    assert.equal(firing?.actions[0]?.state, "pending");
    // What a crash at this moment leaves: database and log as they are.
    mkdirSync(crashed);
    for (const name of readdirSync(folder))
      if (name !== "crashed") copyFileSync(join(folder, name), join(crashed, name));
    service.abort();
    plant.writeError = new AppError("Aborted", "the device service is stopping");
    held.resolve();
  }
  for (const [how, data] of [
    ["killed", crashed],
    ["stopped", folder],
  ] as const) {
    const next = newPlant();
    await using service = await startRules(data, next);
    const [marked] = await service.firings();
    assert.equal(marked?.actions[0]?.state, "failed", how);
    assert.match(marked?.actions[0]?.message ?? "", /interrupted/);
    await service.read({ t: 44 });
    const firings = await ended(service, 2);
    assert.deepEqual(next.written, ["stop=true"], `${how}: the condition still holds, so it acts`);
    assert.equal(firings[0]?.cause, "true-at-start");
  }
  const calm = newPlant();
  await using service = await startRules(folder, calm);
  await service.read({ t: 40 });
  assert.deepEqual(calm.written, [], "a condition that no longer holds does nothing");
});

test("a written value that does not show is a failure that says what is read", async (t) => {
  const plant = newPlant();
  plant.stuck = true;
  await using service = await startRules(temporaryFolder(t), plant);
  await put(service, HOT);
  await service.read({ t: 43 });
  const [firing] = await ended(service);
  assert.equal(firing?.actions[0]?.state, "failed");
  assert.equal(firing?.actions[0]?.message, "written true, but p.stop still reads false after 300 ms");
});

test("a resource that cannot be read is done, one whose read fails for a while is verified", async (t) => {
  const plant = newPlant();
  await using service = await startRules(temporaryFolder(t), plant);
  await put(service, HOT);
  plant.readError = new AppError("NotAllowed", "write-only");
  await service.read({ t: 43 });
  assert.equal((await ended(service))[0]?.actions[0]?.state, "done");
  await service.read({ t: 40 });
  plant.readError = new AppError("Communication", "no answer");
  setTimeout(() => {
    plant.readError = undefined;
  }, 100);
  await service.read({ t: 43 });
  assert.equal((await ended(service, 2))[0]?.actions[0]?.state, "verified");
});

test("a refused write is a failure with the reason of the device", async (t) => {
  const plant = newPlant();
  plant.writeError = new AppError("ServiceLocked", "writes are switched off (Writable.WritesEnabled)");
  await using service = await startRules(temporaryFolder(t), plant);
  await put(service, HOT);
  await service.read({ t: 43 });
  const [action] = (await ended(service))[0]?.actions ?? [];
  assert.deepEqual([action?.state, action?.message], ["failed", "writes are switched off (Writable.WritesEnabled)"]);
});

test("notifications and log lines say the values; firings go out on the bus, begun and ended", async (t) => {
  const told: Firing[] = [];
  await using service = await startRules(temporaryFolder(t), newPlant());
  using _ = service.bus.subscribe(filters.firings, { name: "f", policy: "block", capacity: 9 }, (message) => {
    told.push((message as JsonMessage).payload as Firing);
  });
  await put(service, '规则 "热 a/b" { 当 p.t > 42 ℃ 则 通知 "轴承 {p.t}" 级别 严重 记录 "at {p.t}" }');
  await service.read({ t: 43.5 });
  await until("both are told", () => told.length === 2);
  assert.deepEqual(
    told.map(({ actions }) => actions.map(({ state }) => state)),
    [
      ["pending", "pending"],
      ["done", "done"],
    ],
  );
  assert.match(told[1]?.actions[0]?.text ?? "", /^轴承 43\.5/);
  assert.ok(service.logs.some(({ level, msg }) => level === "WARN" && /^轴承 43\.5/.test(msg)));
});

test("a `for` fires without another reading, and survives a restart whose clock is back in 1970", async (t) => {
  const folder = temporaryFolder(t);
  const plant = newPlant();
  const rule = 'rule "hot" { when p.t > 42 ℃ for 400 ms then set p.stop = true }';
  {
    await using service = await startRules(folder, plant);
    await put(service, rule);
    await service.read({ t: 43 });
    assert.equal((await service.handlers.ruleByName({ name: "hot" }, CONTEXT)).rule.state, "waiting");
  }
  assert.deepEqual(plant.written, []);
  await using service = await startRules(folder, plant, { wallOffset: -Date.now() });
  await service.read({ t: 43 });
  await until("it fires by the timer alone", () => plant.written.length === 1);
});

test("the time of a firing is the wall clock's, not that of a wrong start", async (t) => {
  await using service = await startRules(temporaryFolder(t), newPlant());
  await put(service, HOT);
  await service.read({ t: 43 });
  const [firing] = await ended(service);
  const age = Number(BigInt(Date.now()) * 1_000_000n - (firing?.time ?? 0n)) / 1e6;
  assert.ok(age >= -5 && age < 5_000, `${age} ms`);
});

test("files edited by hand are picked up; one with errors keeps its former rules and is told", async (t) => {
  const folder = temporaryFolder(t);
  const plant = newPlant();
  await using service = await startRules(folder, plant);
  const all = () => service.handlers.allRules({}, CONTEXT);
  writeFileSync(join(folder, "hand.pangu"), HOT);
  await until("the file is found", async () => (await service.names()).includes("hot"));
  writeFileSync(join(folder, "hand.pangu"), 'rule "hot" { when p.t > 42 MPa then log "x" }');
  const problem = await until("the problem is told", async () => (await all()).problems[0]);
  assert.equal(problem.file, "hand.pangu");
  assert.equal(problem.severity, "error");
  assert.deepEqual([problem.line, problem.column > 1], [1, true]);
  assert.deepEqual(await service.names(), ["hot"]);
  assert.equal((await all()).rules[0]?.text, HOT, "the text in force is shown, not the broken one");
  await service.read({ t: 43 });
  await until("the former rule acts", () => plant.written.length === 1);
  writeFileSync(join(folder, "hand.pangu"), HOT.replace("42", "60"));
  await until("the mended file is in force", async () => /60/.test((await all()).rules[0]?.text ?? ""));
  assert.deepEqual((await all()).problems, []);
});

test("a device that changes takes out of force what no longer fits it, and says so", async (t) => {
  const plant = newPlant();
  await using service = await startRules(temporaryFolder(t), plant);
  await put(service, `${HOT}\nrule "on" { when p.on then log "on" }`);
  plant.unit = "MPa";
  await service.bus.publish({
    kind: "json",
    topic: "edgex/system-events/core-metadata/deviceprofile/update/x",
    correlationId: "",
    from: "inside",
    payload: {},
  });
  await until("the rule is out of force", async () => !(await service.names()).includes("hot"));
  assert.deepEqual(await service.names(), ["on"]);
  assert.equal((await service.handlers.allRules({}, CONTEXT)).problems.length, 1);
});

test("what metadata could not tell while it was away is read when it is back", async (t) => {
  const plant = newPlant();
  await using service = await startRules(temporaryFolder(t), plant);
  const back = async (): Promise<void> => {
    const head = { topic: topics.metadataBack, correlationId: "", from: "outside" } as const;
    await service.bus.publish({ kind: "json", ...head, payload: null });
  };
  await put(service, `${HOT}\nrule "on" { when p.on then log "on" }`);
  await service.read({ t: 60 });
  await ended(service);
  plant.unit = "MPa";
  await back();
  await until("the rule is out of force", async () => !(await service.names()).includes("hot"));
  plant.there = false;
  await back();
  await until("none is in force", async () => (await service.names()).length === 0);
  plant.there = true;
  plant.unit = "℃";
  await back();
  await until("both are in force", async () => (await service.names()).length === 2);
  const { rule } = await service.handlers.ruleByName({ name: "hot" }, CONTEXT);
  assert.equal(rule.state, "unknown", "what the removed device said last is no value of the new one");
});

test("metadata that is not there at start is asked again", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "a.pangu"), HOT);
  const plant = newPlant();
  plant.metadataError = new AppError("ServiceUnavailable", "core-metadata is not running");
  await using service = await startRules(folder, plant);
  assert.deepEqual(await service.names(), []);
  plant.metadataError = undefined;
  await until("the rules are loaded", async () => (await service.names()).length === 1);
  assert.equal(service.logs.filter(({ level }) => level === "ERROR").length, 1, "told once");
});

test("what is wrong with a file is told with the file; other files are not touched by it", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "1.pangu"), HOT);
  writeFileSync(join(folder, "2.pangu"), HOT);
  writeFileSync(join(folder, "3.pangu"), Uint8Array.of(0xb5, 0xb1, 0x20)); // "当" in GBK
  writeFileSync(join(folder, "4.pangu"), " ".repeat(1_000_001));
  mkdirSync(join(folder, "5.pangu"));
  await using service = await startRules(folder, newPlant());
  const { rules, problems } = await service.handlers.allRules({}, CONTEXT);
  assert.deepEqual(
    rules.map(({ name, file }) => [name, file]),
    [["hot", "1.pangu"]],
  );
  assert.deepEqual(
    problems.map(({ file, message }) => [file, message.en.replace(/: .*/s, "")]),
    [
      ["2.pangu", 'the rule name "hot" is taken by the file 1.pangu'],
      ["3.pangu", "not UTF-8; save the file as UTF-8"],
      ["4.pangu", "the file is larger than 1000000 bytes; not read"],
      ["5.pangu", "cannot be read"],
    ],
  );
  await assert.rejects(put(service, HOT, "6.pangu"), /6\.pangu:1:1: the rule name "hot" is taken by the file 1\.pangu/);
  await put(service, HOT.replace("42", "50"), "1.pangu");
});

test("two writes of one file at once leave one of the two texts, whole", async (t) => {
  const folder = temporaryFolder(t);
  await using service = await startRules(folder, newPlant());
  const texts = [HOT, `${HOT}\n// ${"x".repeat(200_000)}`];
  await Promise.all(texts.map((text) => put(service, text)));
  assert.ok(texts.includes(readFileSync(join(folder, "a.pangu"), "utf8")));
});

test("a rule that was removed and comes again starts afresh, also over a restart", async (t) => {
  const folder = temporaryFolder(t);
  const plant = newPlant();
  {
    await using service = await startRules(folder, plant);
    await put(service, HOT);
    await service.read({ t: 43 });
    await ended(service);
    await service.handlers.deleteFile({ file: "a.pangu" }, CONTEXT);
  }
  await using service = await startRules(folder, plant);
  await put(service, HOT);
  await service.read({ t: 43 });
  assert.equal((await ended(service, 2))[0]?.cause, "true-at-start");
});

test("old firings are trimmed to History.MaxFirings, newest first over pages", async (t) => {
  await using service = await startRules(temporaryFolder(t), newPlant(), { keep: 100 });
  await put(service, 'rule "n" { when p.t > 42 ℃ then log "{p.t}" }');
  for (let i = 0; i < 120; i += 1) {
    await service.read({ t: 43 + i });
    await service.read({ t: 0 });
  }
  await until("the last firing is kept", async () => (await service.firings())[0]?.operands[0]?.value === 162);
  const page = await service.handlers.allFirings({ offset: 99, limit: 20 }, CONTEXT);
  assert.equal(page.totalCount, 100);
  assert.deepEqual(
    page.firings.map(({ operands }) => operands[0]?.value),
    [63],
  );
});

test("compiled rules are kept over a restart, and forgotten when the cache is torn", async (t) => {
  const folder = temporaryFolder(t);
  {
    await using service = await startRules(folder, newPlant());
    await put(service, HOT);
  }
  const cache = join(folder, "compiled.json");
  const kept = JSON.parse(readFileSync(cache, "utf8")) as [string, object][];
  assert.equal(kept.length, 1);
  // A result that no compiler gave shows that the cache is what is used.
  writeFileSync(cache, JSON.stringify([[kept[0]?.[0], { rules: [], problems: [] }]]));
  {
    await using service = await startRules(folder, newPlant());
    assert.deepEqual(await service.names(), []);
  }
  writeFileSync(cache, "[[");
  {
    await using service = await startRules(folder, newPlant());
    assert.deepEqual(await service.names(), ["hot"]);
  }
  rmSync(cache);
  await using service = await startRules(folder, newPlant());
  assert.deepEqual(await service.names(), ["hot"]);
});
