/** The program as a process: who may start, what a start that cannot be says, and how it ends. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { refusedStart, startEdgeProcess, temporaryFolder } from "../../support/edge-process.ts";
import { ask, askJson } from "../../support/http.ts";
import { addOwnDevice } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";

test("a second process on the same data is refused with the first one's pid, and the first goes on", async (t) => {
  const edge = await startEdgeProcess(t);
  const { code, output } = await refusedStart(t, edge.data);
  assert.equal(code, 1);
  assert.match(
    output,
    new RegExp(`the data folder ${edge.data} is in use by process ${edge.child.pid} \\(.*main\\.ts.*--data`),
  );
  assert.doesNotMatch(output, /\n {4}at /, "a message, no stack");
  assert.equal((await edge.status()).pid, edge.child.pid);
  await edge.stop();
  assert.equal(existsSync(join(edge.data, "run.json")), false, "nothing points to a process that is gone");
  const next = await startEdgeProcess(t, { data: edge.data });
  await next.stop();
});

/** A port that this very process listens on. */
async function takenPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : assert.fail("no port");
}

test("a port that is taken: which one, for what, and by whom", async (t) => {
  const port = await takenPort(t);
  const byUs = (name: string): RegExp =>
    new RegExp(
      `${name} cannot listen on 127\\.0\\.0\\.1:${port}: the port is taken by .*\\(pid ${process.pid}\\).*another port`,
    );
  const service = await refusedStart(t, temporaryFolder(t), { env: { CORE_DATA_SERVICE_PORT: String(port) } });
  assert.equal(service.code, 1);
  assert.match(service.output, byUs("core-data"));
  const console = await refusedStart(t, temporaryFolder(t), { args: ["--port", String(port)] });
  assert.equal(console.code, 1);
  assert.match(console.output, byUs("gateway"));
});

test("without the broker's port the edge starts, and says so", async (t) => {
  const port = await takenPort(t);
  const edge = await startEdgeProcess(t, { args: ["--mqtt-port", String(port)] });
  assert.match(edge.output(), new RegExp(`Warning: no MQTT broker: .*${port}.*pid ${process.pid}.*--mqtt-port`));
  assert.equal((await edge.status()).broker, undefined);
  await edge.stop();
});

test("options and files that make no sense are refused with what would be right", async (t) => {
  const cases: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
    [["--colour", "red"], 2, /--colour.*\n[\s\S]*--data DIR/],
    [["--port", "many"], 2, /--port is "many"; it should be a port from 0 \(any free one\) to 65535/],
    [["--only", "core-dta"], 1, /--only core-dta: there is no such service; there are core-keeper, /],
    [["--listen", "203.0.113.7"], 1, /gateway cannot listen on 203\.0\.113\.7.*use an address of this machine/],
  ];
  for (const [args, code, message] of cases) {
    const refused = await refusedStart(t, temporaryFolder(t), { args });
    assert.equal(refused.code, code, refused.output);
    assert.match(refused.output, message);
  }
});

test("a configuration file that cannot be read: file, line and column", async (t) => {
  const data = temporaryFolder(t);
  const file = join(data, "config.yaml");
  // Nine aliases on each of eight levels: 43 million settings.
  const level = (name: string, value: string): string =>
    `${name}: &${name} { ${Array.from({ length: 9 }, (_, i) => `k${i}: ${value}`).join(", ")} }\n`;
  const bomb = level("a", "1") + [..."bcdefgh"].map((name, i) => level(name, `*${"abcdefg"[i]}`)).join("");
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["core-data:\n  Writable: { LogLevel: DEBUG\n", /config\.yaml:3:1: /],
    ["- a\n- b\n", /config\.yaml: the top level names services/],
    [
      "core-data:\n  Service: { MaxResultCount: many }\n",
      /core-data\/Service\/MaxResultCount is "many" \(from file\); it should be a whole number/,
    ],
    [bomb, /config\.yaml.*alias/i],
    [`# ${"x".repeat(1_100_000)}\n`, /config\.yaml is larger than 1000000 bytes/],
  ];
  for (const [text, message] of cases) {
    writeFileSync(file, text);
    const { code, output } = await refusedStart(t, data);
    assert.equal(code, 1);
    assert.match(output, message);
    assert.doesNotMatch(output, /\n {4}at /, "a message, no stack");
  }
});

test("SIGTERM ends it as Ctrl-C does, with what is stored on disk", async (t) => {
  const edge = await startEdgeProcess(t);
  await addOwnDevice(edge);
  const count = async (): Promise<number> =>
    (await askJson<{ count: number }>(`${edge.api("core-data")}/event/count`)).count;
  await until("events come", async () => (await count()) > 20);
  const last = await count();
  edge.child.kill("SIGTERM");
  await once(edge.child, "close");
  assert.equal(edge.child.exitCode, 0);
  assert.match(edge.output(), /Stopped\. \d+ events/);
  const again = await startEdgeProcess(t, { data: edge.data });
  const { status, text } = await ask(`${again.api("core-data")}/event/count`);
  assert.equal(status, 200);
  assert.ok((JSON.parse(text) as { count: number }).count >= last);
  await again.stop();
});
