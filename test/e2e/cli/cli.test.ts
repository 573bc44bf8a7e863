import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Answer, RunningEdge } from "./running-edge.ts";

const example = (name: string): string => join(import.meta.dirname, "../../../docs/examples", name);

/** The answer of a command that has to succeed, parsed. */
async function json<T>(answer: Promise<Answer>): Promise<T> {
  const { exit, out, err } = await answer;
  assert.equal(exit, 0, out + err);
  return JSON.parse(out) as T;
}

async function eventually<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    assert.ok(performance.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface EventAnswer {
  readonly readings: readonly { readonly value: unknown; readonly units: string; readonly valueType: string }[];
}

test("jx drives a running edge as a person would", async (t) => {
  await using edge = new RunningEdge();

  await t.test("before a start it says that no edge runs, and how to start one", async () => {
    const { exit, err } = await edge.jx("status");
    assert.equal(exit, 3);
    assert.match(err, /No edge is running on .*\n.*npm start/s);
  });

  await edge.start();
  const plantPort = (await json<{ plant: { port: number } }>(edge.jx("demo", "status", "--json"))).plant.port;

  await t.test("status shows services, devices and paths, for people and for programs", async () => {
    const text = await edge.jx("status");
    assert.equal(text.exit, 0, text.err);
    for (const word of ["core-data", "device-modbus", "gateway", "CCW-Pump-1", edge.data])
      assert.ok(text.out.includes(word), word);
    const status = await json<{ services: { key: string }[]; disk: { freeBytes: number } }>(
      edge.jx("status", "--json"),
    );
    assert.equal(status.services.length, 8);
    assert.match(text.out, /^core-data +UP +4\.\d+\.\d+ +\d+\.\d+\.\d+ +http:/m);
    assert.match(text.out, /^Dropped /m);
    assert.ok(status.disk.freeBytes > 0);
    assert.match((await edge.jx("status", "--link")).out, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n$/);
  });

  await t.test("device ls lists the demo, in both languages", async () => {
    assert.match(
      (await edge.jx("device", "ls")).out,
      /^Device +Health .*\nCCW-Pump-1 .*modbus-tcp:\/\/127\.0\.0\.1:\d+\/1/m,
    );
    assert.match((await edge.jx("device", "ls", "--lang", "zh")).out, /^设备 +健康/);
  });

  await t.test("device probe finds type and byte order without the edge", async () => {
    const target = `modbus-tcp://127.0.0.1:${plantPort}/3/input/0`;
    const probed = await json<{ cells: unknown[]; meanings: { type: string; order: string; value: number }[] }>(
      edge.jx("device", "probe", target, "--json"),
    );
    assert.equal(probed.cells.length, 4);
    const pressure = probed.meanings.find(({ type, order }) => type === "Float32" && order === "CDAB")?.value ?? 0;
    assert.ok(pressure > 0.1 && pressure < 1.5, `header pressure ${pressure} MPa`);
    const refused = await edge.jx("device", "probe", `modbus-tcp://127.0.0.1:${plantPort}/3/input/9000`);
    assert.equal(refused.exit, 1);
    assert.match(refused.err, /exception 2, illegal data address/);
  });

  const table = join(edge.data, "points.csv");
  const original = readFileSync(example("points-zh.csv"), "utf8").replaceAll(",1502,", `,${plantPort},`);

  await t.test("device import: errors per row write nothing; what is right is made, and made once", async () => {
    writeFileSync(table, original.replace(",2,从0开始", ",70000,从0开始"));
    const bad = await edge.jx("device", "import", table);
    assert.equal(bad.exit, 4);
    assert.match(bad.err, /points\.csv:3 row 3 \[地址\] "70000"/);
    assert.equal((await edge.jx("device", "show", "冷却水表计")).exit, 1);

    writeFileSync(table, original);
    const first = await json<object>(edge.jx("device", "import", table, "--json"));
    assert.deepEqual(first, { profiles: { "Points-冷却水表计": "created" }, devices: { 冷却水表计: "created" } });
    const again = await json<object>(edge.jx("device", "import", table, "--json"));
    assert.deepEqual(again, { profiles: { "Points-冷却水表计": "unchanged" }, devices: { 冷却水表计: "unchanged" } });

    writeFileSync(table, original.replace("0.1,,°C", "0.2,,°C"));
    const changed = await json<object>(edge.jx("device", "import", table, "--json"));
    assert.deepEqual(changed, { profiles: { "Points-冷却水表计": "updated" }, devices: { 冷却水表计: "unchanged" } });
    writeFileSync(table, original);
    await json<object>(edge.jx("device", "import", table, "--json"));
  });

  await t.test("an import does not touch what it has not made", async () => {
    writeFileSync(table, original.replaceAll("冷却水表计", "CCW-Header"));
    const { exit, err } = await edge.jx("device", "import", table);
    assert.equal(exit, 1);
    assert.match(err, /device "CCW-Header" is there already.*Nothing was written/s);
  });

  await t.test("read and write: the imported point is polled, read-only points refuse, limits hold", async () => {
    const read = async (resource: string) =>
      (await json<EventAnswer>(edge.jx("read", "冷却水表计", resource, "--json"))).readings[0];
    const temperature = await read("供水温度");
    assert.ok(Number(temperature?.value) > 10 && Number(temperature?.value) < 60, JSON.stringify(temperature));
    assert.deepEqual([temperature?.units, temperature?.valueType], ["°C", "Float32"]);

    const unasked = await edge.jx("write", "冷却水表计", "水位设定", "1.75");
    assert.equal(unasked.exit, 2);
    assert.match(unasked.err, /--yes/);
    assert.equal((await edge.jx("write", "冷却水表计", "水位设定", "1.75", "--yes")).exit, 0);
    assert.equal(Number(Number((await read("水位设定"))?.value).toFixed(3)), 1.75);
    const refusals = [
      ["水位设定", "-5", "en", /"-5" does not fit 水位设定 .*a number from 1 to [\d.]+ m\. Nothing was written/],
      ["水位设定", "abc", "en", /"abc" does not fit 水位设定 of 冷却水表计 \(Float32\): it should be a number from 1/],
      ["水位设定", "abc", "zh", /“abc”不能写入 .*（Float32）：应为 1 到 [\d.]+ 的数，单位 m。什么也没有写入/],
      ["水位", "1", "zh", /冷却水表计 没有资源或命令“水位”；有：.*水位设定/],
      ["母管压力", "1", "zh", /母管压力 是只读的/],
    ] as const;
    for (const [resource, value, language, text] of refusals) {
      const refused = await edge.jx("write", "冷却水表计", resource, value, "--yes", "--lang", language);
      assert.equal(refused.exit, 1);
      assert.match(refused.err, text);
      assert.doesNotMatch(refused.err, /strconv|输入有误/);
    }
    const readOnly = await edge.jx("write", "冷却水表计", "母管压力", "1", "--yes");
    assert.equal(readOnly.exit, 1);
    assert.match(readOnly.err, /read-only/);

    await eventually(async () => {
      const { events } = await json<{ events: unknown[] }>(edge.jx("event", "ls", "--device", "冷却水表计", "--json"));
      return events.length > 3 ? true : undefined;
    }, "the imported device is not polled");
  });

  await t.test("event tail shows readings as they come", async () => {
    const { exit, out } = await edge.jx("event", "tail", "--device", "冷却水表计", "--resource", "母管压力", "-n", "3");
    assert.equal(exit, 0);
    assert.equal(out.match(/^\d{4}-\d\d-\d\d .* 冷却水表计\.母管压力 +\d\.\d+ MPa$/gm)?.length, 3, out);
  });

  await t.test("device add takes EdgeX's files, and replaces only when asked", async () => {
    const files = [example("meter-devices.json"), example("meter-profile.yaml")];
    assert.deepEqual(await json<object>(edge.jx("device", "add", ...files, "--json")), {
      profiles: { "Energy-Meter": "created" },
      devices: { "Meter-1": "created" },
    });
    const changed = join(edge.data, "meter.yaml");
    writeFileSync(changed, readFileSync(example("meter-profile.yaml"), "utf8").replace("units: Hz", "units: kHz"));
    const refused = await edge.jx("device", "add", changed);
    assert.equal(refused.exit, 1);
    assert.match(refused.err, /--replace/);
    assert.match((await edge.jx("device", "add", changed, "--replace")).out, /Energy-Meter: updated/);
    assert.match(
      (await edge.jx("device", "rm", "Meter-1", "--profile", "--yes")).out,
      /Removed profiles: Energy-Meter/,
    );
  });

  await t.test("rule check points at a wrong unit; a right file is put in force and taken out", async () => {
    const file = join(edge.data, "hot.pangu");
    const rule = (unit: string): string =>
      `rule "hot" {\n  when "CCW-Pump-1".BearingTempDE > 90 ${unit}\n  then log "hot"\n}\n`;
    writeFileSync(file, rule("MPa"));
    const wrong = await edge.jx("rule", "check", file);
    assert.equal(wrong.exit, 4);
    assert.match(wrong.out, /hot\.pangu:2:40: error: pressure compared with temperature.*\n.*90 MPa\n +\^\^\^\n/);
    assert.match((await edge.jx("rule", "check", file, "--lang", "zh")).out, /错误：单位不符/);
    assert.equal((await edge.jx("rule", "add", file)).exit, 4);
    writeFileSync(file, rule("°C"));
    assert.equal((await edge.jx("rule", "add", file)).exit, 0);
    assert.match((await edge.jx("rule", "ls")).out, /^hot +false/m);
    // A file put into the folder by hand is not checked by jx: the list says what is wrong with it.
    writeFileSync(join(edge.data, "rules", "by-hand.pangu"), rule("MPa"));
    await eventually(async () => {
      const { err } = await edge.jx("rule", "ls");
      return /by-hand\.pangu:2:40: error: pressure compared/.test(err) ? true : undefined;
    }, "the list of rules does not tell of a file with errors");
    assert.equal((await edge.jx("rule", "rm", "by-hand", "--yes")).exit, 0);
    assert.equal((await edge.jx("rule", "rm", "hot", "--yes")).exit, 0);
    assert.doesNotMatch((await edge.jx("rule", "ls")).out, /^hot /m);
  });

  await t.test("config set is in force at once, and a wrong value is refused and undone", async () => {
    const key = "device-modbus/Writable/WritesEnabled";
    assert.match((await edge.jx("config", "set", key, "false")).out, /in force now/);
    assert.match((await edge.jx("write", "冷却水表计", "水位设定", "1.8", "--yes")).err, /WritesEnabled=false/);
    assert.match(
      (await edge.jx("config", "show", "device-modbus", "--origin")).out,
      new RegExp(`^${key} +keeper +false$`, "m"),
    );
    assert.equal((await edge.jx("config", "set", key, "perhaps")).exit, 1);
    assert.match((await edge.jx("config", "set", key, "true")).out, /false → true/);
    const metric = "core-command/Writable/Telemetry/Metrics/SecuritySecretsStored";
    assert.match((await edge.jx("config", "set", metric, "true")).out, /false → true {2}\(in force now\)/);
    const tag = "core-command/Writable/Telemetry/Tags/Gateway";
    assert.match((await edge.jx("config", "set", tag, "g1")).out, /→ g1 {2}\(in force now\)/);
    assert.equal((await edge.jx("config", "set", "nobody/Writable/Telemetry/Tags/Gateway", "g1")).exit, 1);
  });

  await t.test("logs and doctor", async () => {
    assert.match((await edge.jx("logs", "-n", "1000")).out, /INFO +core-data +service started/);
    const doctor = await json<{ check: string; state: string }[]>(edge.jx("doctor", "--json"));
    const states = new Map(doctor.map(({ check, state }) => [check, state]));
    for (const check of ["edge", "node", "clock", "data folder", "sync", "lock"])
      assert.equal(states.get(check), "ok", check);
  });

  await t.test("demo off removes only what is the demo's", async () => {
    assert.match((await edge.jx("demo", "off")).out, /Demo: off/);
    const devices = await json<{ name: string }[]>(edge.jx("device", "ls", "--json"));
    assert.deepEqual(
      devices.map(({ name }) => name),
      ["冷却水表计"],
    );
    assert.match((await edge.jx("rule", "ls")).out, /No rules yet/);
  });

  await edge.stop();
  await t.test("after Ctrl-C no edge runs, and the log can still be read", async () => {
    assert.equal((await edge.jx("status")).exit, 3);
    assert.match((await edge.jx("logs")).out, /service/);
  });
});
