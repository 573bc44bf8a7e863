/** DESIGN §8.9 in a real browser: a page of another site gets nothing from the edge and changes nothing on it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { DemoStatus } from "@jx/contracts";
import { buildConsole } from "../../../scripts/build-console.ts";
import { type EdgeProcess, startEdgeProcess } from "../../support/edge-process.ts";
import { ask, askJson } from "../../support/http.ts";
import { plantPeer } from "../../support/plant-client.ts";
import { until } from "../../support/wait.ts";
import { attackScript, serveAttacker, serveUnguarded } from "./attacker.ts";
import { launchChromium } from "./chromium.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** Names that lead to this machine: a stranger's site, and one that rebinds its name to loopback. */
const NAMES = ["MAP stranger.example 127.0.0.1", "MAP rebound.example 127.0.0.1"];

test("a page of another site gets nothing from the edge and changes nothing on it", async (t) => {
  const browser = await launchChromium(t, [`--host-resolver-rules=${NAMES.join(",")}`]);
  if (browser === undefined) return;
  buildConsole(ROOT);
  const edge = await startEdgeProcess(t, { demo: true });
  const plant = await plantPeer(t, edge);
  await until("pump 1 runs", async () => (await plant.states(1)).running);
  const port = await serveAttacker(t);
  const command = edge.api("core-command").replace("/api/v3", "");
  const attacks = [
    {
      target: edge.url,
      read: "/api/v3/status",
      write: { method: "POST", path: "/api/v3/demo/fault", body: '{"fault":"slow","ms":900}' },
    },
    { target: edge.url, read: "/api/v3/demo", write: { method: "POST", path: "/api/v3/demo/off", body: "{}" } },
    {
      target: edge.url,
      read: "/core-command/api/v3/device/name/CCW-Pump-1/Stop",
      write: { method: "PUT", path: "/core-command/api/v3/device/name/CCW-Pump-1/Stop", body: '{"Stop":"true"}' },
    },
    {
      target: command,
      read: "/api/v3/device/name/CCW-Pump-1/Stop",
      write: { method: "PUT", path: "/api/v3/device/name/CCW-Pump-1/Stop", body: '{"Stop":"true"}' },
    },
  ];

  await t.test("the attacks do arrive where nobody refuses them", async () => {
    const { url, seen } = await serveUnguarded(t);
    const page = await browser.newPage();
    await page.goto(`http://stranger.example:${port}`);
    await page.evaluate(attackScript({ target: url, read: "/", write: { method: "PUT", path: "/write", body: "{}" } }));
    await page.close();
    // Three without a preflight, a beacon, three forms; both reads, stream, script, image, frame.
    assert.ok((seen.get("POST") ?? 0) >= 7 && (seen.get("GET") ?? 0) >= 6, JSON.stringify([...seen]));
    assert.equal(seen.get("PUT"), undefined, "the browser asks before this one");
    assert.equal(seen.get("OPTIONS"), 1);
  });

  // Another site, and another port of this very machine: same site to a browser, and still a stranger to us.
  for (const origin of [`http://stranger.example:${port}`, `http://127.0.0.1:${port}`]) {
    for (const attack of attacks) {
      await t.test(`${origin} against ${attack.write.path} of ${attack.target}`, async () => {
        const page = await browser.newPage();
        await page.goto(origin);
        const got: unknown = await page.evaluate(attackScript(attack));
        assert.ok(typeof got === "object" && got !== null && Object.keys(got).length === 14, JSON.stringify(got));
        assert.deepEqual(
          Object.entries(got).filter(([, text]) => text !== ""),
          [],
        );
        await page.close();
        await unharmed(edge);
        assert.equal((await plant.states(1)).running, true, "pump 1 still runs");
        assert.equal((await plant.states(1)).tripped, false);
      });
    }
  }

  await t.test("a name that was rebound to loopback shows neither the console nor anything else", async () => {
    for (const url of [edge.url, command]) {
      const page = await browser.newPage();
      const rebound = url.replace("127.0.0.1", "rebound.example");
      const response = await page.goto(`${rebound}/api/v3/ping`);
      assert.equal(response?.status(), 403);
      const read: unknown = await page.evaluate(
        `fetch("/api/v3/device/all").then(async (answer) => answer.status + " " + (await answer.text()))`,
      );
      assert.match(String(read), /^403 .*rebound\.example/);
      const written: unknown = await page.evaluate(
        `fetch("/api/v3/demo/off", { method: "POST", body: "{}", headers: { "content-type": "application/json" } }).then((answer) => answer.status)`,
      );
      assert.equal(written, 403);
      await page.close();
    }
    await unharmed(edge);
  });

  await t.test("and the edge's own page still may", async () => {
    const page = await browser.newPage();
    await page.goto(edge.url);
    await page.locator(".connection-live").waitFor();
    const status: unknown = await page.evaluate(
      `fetch("/api/v3/demo/clear", { method: "POST" }).then((answer) => answer.status)`,
    );
    assert.equal(status, 200, "else the test above would pass with everything broken");
    await page.close();
  });
  await edge.stop();
});

test("a one-time link that is clicked on another site signs in", async (t) => {
  const browser = await launchChromium(t, [`--host-resolver-rules=${NAMES.join(",")}`]);
  if (browser === undefined) return;
  buildConsole(ROOT);
  const edge = await startEdgeProcess(t, { args: ["--listen", "127.0.0.1"] });
  const link = /Console\s+(\S+)/.exec(edge.output())?.[1] ?? assert.fail(edge.output());
  assert.match(link, /token=/);
  assert.equal((await ask(edge.url)).status, 401, "without the link nobody comes in");
  const port = await serveAttacker(t);
  const page = await browser.newPage();
  await page.goto(`http://stranger.example:${port}`);
  await page.evaluate(`location.href = ${JSON.stringify(link)}`);
  await page.locator(".connection-live").waitFor();
  assert.equal(new URL(page.url()).search, "", "the token does not stay in the address");
  await page.reload();
  await page.locator(".connection-live").waitFor();
  await page.close();
  await edge.stop();
});

async function unharmed(edge: EdgeProcess): Promise<void> {
  const { on, activeFaults } = await askJson<DemoStatus>(`${edge.url}/api/v3/demo`);
  assert.deepEqual({ on, activeFaults }, { on: true, activeFaults: [] });
}
