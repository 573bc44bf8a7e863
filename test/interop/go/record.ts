/**
 * Records what the Go peers say to keeper and metadata while they start and end, for replay.test.ts. Needs Go ≥ 1.25:
 *
 *     node scripts/run.mjs test/interop/go/record.ts
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startEdgeProcess } from "../../support/edge-process.ts";
import { answerOf, type Exchange, type Ports, type Served, withNominalPorts } from "./exchange.ts";
import { missing, type PeerName, startPeer } from "./peers.ts";
import { startRecordingProxy } from "./recording-proxy.ts";

const FOLDER = new URL("./recorded/", import.meta.url);
/** A peer begins to watch its settings a second after it has connected to the bus, and reads them then. */
const WATCHES_MS = 2_500;
const why = missing();
if (why !== false) throw new Error(why);

test("record the start and the end of the Go peers", { timeout: 180_000 }, async (t) => {
  const targets = { "core-keeper": "", "core-metadata": "" };
  const ports: { -readonly [K in keyof Ports]: number } = {};
  let kept: Exchange[] = [];
  const proxyOf = (service: Served, redirect = (text: string): string => text) =>
    startRecordingProxy({
      target: () => targets[service],
      redirect,
      keep({ body, text, path, ...raw }) {
        const answer = answerOf(text, ports);
        kept.push({
          service,
          ...raw,
          path: withNominalPorts(path, ports),
          ...(body === "" ? {} : { body: withNominalPorts(body, ports) }),
          ...(answer === undefined ? {} : { answer }),
        });
      },
    });
  await using metadata = await proxyOf("core-metadata");
  // The registry names the real metadata; the peer is to come by the proxy.
  await using keeper = await proxyOf("core-keeper", (text) =>
    text.replaceAll(`"port":${ports.metadata}`, `"port":${metadata.port}`),
  );

  const edge = await startEdgeProcess(t, { env: { ALL_SERVICES_REGISTRY_PORT: String(keeper.port) } });
  for (const service of ["core-keeper", "core-metadata"] as const) {
    targets[service] = edge.api(service).replace("/api/v3", "");
  }
  ports.keeper = keeper.port;
  ports.metadata = Number(new URL(targets["core-metadata"]).port);
  ports.broker = (await edge.status()).broker?.port ?? 0;

  const record = async (file: string, name: PeerName, started: RegExp): Promise<void> => {
    kept = [];
    const again = ports[name] === undefined ? {} : { port: ports[name] };
    const peer = await startPeer(t, name, { keeper: `http://127.0.0.1:${keeper.port}`, ...again });
    ports[name] = peer.port;
    await peer.says(started, 60_000);
    await sleep(WATCHES_MS);
    await peer.stop();
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(new URL(file, FOLDER), `${JSON.stringify(kept, undefined, 1)}\n`);
    t.diagnostic(`${file}: ${kept.length} exchanges`);
  };
  await record("device-first-start.json", "device", /driver: added go-gauge/);
  await record("device-second-start.json", "device", /Service started in/);
  await record("app-start.json", "app", /app-go-peer started/);
  await edge.stop();
});
