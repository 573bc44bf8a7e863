/** Builds and starts the two services on EdgeX's own Go SDKs (device/, app/), as an unmodified EdgeX peer is started. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../../support/free-port.ts";
import { until } from "../../support/wait.ts";

const HERE = import.meta.dirname;
const PROGRAMS = fileURLToPath(new URL("../../../.cache/go-peers/", import.meta.url));

export type PeerName = "device" | "app";
/** What the services call themselves. */
export const SERVICE_OF = { device: "device-go-peer", app: "app-go-peer" } as const;

/**
 * For `test(…, { skip })`: why the peers cannot be built here, or false. The SDKs ask for Go 1.25, which Debian's
 * packages do not have; where Go is there and the build fails, that is a failure under .ci/run (JX_REQUIRE_PEERS=1).
 */
export function missing(): string | false {
  const found = spawnSync("go", ["version"], { encoding: "utf8" });
  const [, major = "0", minor = "0"] = /go(\d+)\.(\d+)/.exec(found.stdout ?? "") ?? [];
  if (Number(major) < 1 || (major === "1" && Number(minor) < 25)) {
    return "Go 1.25 or newer is not installed: https://go.dev/dl/";
  }
  const options = ["build", "-tags", "no_openziti", "-o", PROGRAMS, "./device", "./app", "./bootstrapper"];
  const built = spawnSync("go", options, { cwd: HERE, encoding: "utf8" });
  if (built.status === 0) return false;
  const why = `the Go peers cannot be built; their modules come from the module proxy: ${built.stderr.slice(-1_000)}`;
  assert.notEqual(process.env.JX_REQUIRE_PEERS, "1", why);
  return why;
}

export interface PeerSetup {
  /** "http://127.0.0.1:40001". */
  readonly keeper: string;
  /** The same one after a restart; a free one when left out. */
  readonly port?: number;
}

export interface GoPeer {
  readonly port: number;
  /** All that it has logged. */
  output(): string;
  /** Waits for a line of the log. */
  says(pattern: RegExp, limitMs?: number): Promise<void>;
  /** SIGTERM, as a service manager ends it; it says goodbye to the registry. */
  stop(): Promise<void>;
}

/** Starts a peer; it is ended with the test at the latest. Resolves at once: what it then does is what tests are about. */
export async function startPeer(t: TestContext, name: PeerName, setup: PeerSetup): Promise<GoPeer> {
  const port = setup.port ?? (await freePort());
  const child = spawn(join(PROGRAMS, name), [`-cp=keeper.${setup.keeper}`, "-r"], {
    cwd: join(HERE, name),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, EDGEX_SECURITY_SECRET_STORE: "false", SERVICE_PORT: String(port) },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  t.after(() => end(child, "SIGKILL"));
  return {
    port,
    output: () => text,
    async says(pattern, limitMs) {
      const look = (): boolean => {
        if (pattern.test(text)) return true;
        assert.equal(child.exitCode, null, `${name} has ended:\n${text.slice(-4_000)}`);
        return false;
      };
      await until(`${name} says ${pattern}`, look, limitMs);
    },
    stop: () => end(child, "SIGTERM"),
  };
}

/** EdgeX's bootstrapper of the common configuration; `overwrite` is its -o. */
export function bootstrap(keeper: string, values: object, overwrite: boolean): void {
  const args = [new URL(keeper).port, ...(overwrite ? ["overwrite"] : [])];
  const done = spawnSync(join(PROGRAMS, "bootstrapper"), args, { input: JSON.stringify(values), encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(late);
  if (signal === "SIGTERM") assert.equal(child.signalCode, null, "the peer ended by itself");
}
