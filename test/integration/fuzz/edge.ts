import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { metadataOperations } from "@jx/contracts";
import { type Edge, startEdge } from "../../../apps/edge/src/edge.ts";
import { parseOptions } from "../../../apps/edge/src/options.ts";
import { FREE_PORTS } from "../../support/edge-process.ts";
import { OWN_DEVICE, OWN_PROFILE } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";

/** How JavaScript says that code met a value which it did not expect. */
export const SLIP =
  /TypeError|RangeError|Cannot (?:read|set|convert|destructure)|is not (?:a function|iterable|an object)|of (?:undefined|null)\b|Maximum call stack/;

/** The whole edge in this process, on free ports, with one device that is polled; it goes with the test. */
export async function openEdge(t: TestContext): Promise<Edge> {
  const folder = mkdtempSync(join(tmpdir(), "jx-fuzz-"));
  const options = parseOptions(["--data", folder, "--port", "0", "--mqtt-port", "0", "--no-demo"], { ...FREE_PORTS });
  assert.ok(options !== "help");
  const edge = await startEdge(options);
  t.after(async () => {
    await edge[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  const metadata = edge.host.clients.of("core-metadata", metadataOperations);
  await metadata.addProfiles({ body: [{ profile: OWN_PROFILE }] });
  const [added] = await metadata.addDevices({ body: [{ device: OWN_DEVICE }] });
  assert.equal(added?.statusCode, 201, added?.message);
  return edge;
}

/** Runs a test whose input a seed makes; a failure tells how to see it again. */
export async function seeded(seed: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`JX_FUZZ_SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** The lines of the edge's log so far. Lines gather before they reach the file, so a last one is waited for. */
export async function systemLog(edge: Edge): Promise<readonly string[]> {
  const mark = `the log was read here: ${randomUUID()}`;
  edge.log.info({}, mark);
  const file = join(edge.paths.logs, "edge.log");
  const text = (): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  await until("the log reaches its file", () => text().includes(mark));
  return text().split("\n");
}
