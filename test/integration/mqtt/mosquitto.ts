import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";

/** Debian puts the broker where a plain user's PATH does not look. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

/**
 * For `test(…, { skip })`: why Mosquitto's programs cannot be used here, or false. Under .ci/run (JX_REQUIRE_PEERS=1)
 * nothing is skipped, so a missing program fails.
 */
export function missing(): string | false {
  if (process.env.JX_REQUIRE_PEERS === "1") return false;
  for (const program of ["mosquitto", "mosquitto_sub", "mosquitto_pub"]) {
    if (spawnSync(program, ["-h"], { env }).error !== undefined) {
      return `${program} is not installed: apt-get install -y mosquitto mosquitto-clients`;
    }
  }
  return false;
}

export interface Received {
  /** ms since 1970, by the subscriber's own clock. */
  readonly at: number;
  readonly topic: string;
  readonly payload: string;
}

export interface Subscriber extends AsyncDisposable {
  readonly got: readonly Received[];
  readonly process: ChildProcess;
}

/**
 * mosquitto_sub on a port of this host; resolves when the broker has accepted the subscription. Without `payloads` they
 * are forgotten, so that memory tells about the broker and not about the test.
 */
export async function subscribe(port: number, filter: string, payloads = true): Promise<Subscriber> {
  // Into a pipe it writes line by line only under stdbuf; the process is the same, for stdbuf becomes it.
  const command = ["-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", String(port), "-t", filter];
  const child = spawn("stdbuf", [...command, "-d", "-F", "%U\t%t\t%p"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const got: Received[] = [];
  const subscribed = Promise.withResolvers<void>();
  child.once("error", (error) => subscribed.reject(error));
  child.once("exit", (code) => subscribed.reject(new Error(`mosquitto_sub ended with ${code}`)));
  let rest = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("Subscribed")) subscribed.resolve();
      const [at = "", topic, payload] = line.split("\t");
      if (topic !== undefined && payload !== undefined) {
        got.push({ at: Number(at) * 1_000, topic: payloads ? topic : filter, payload: payloads ? payload : "" });
      }
    }
  });
  await subscribed.promise;
  return { got, process: child, [Symbol.asyncDispose]: () => end(child) };
}

/** mosquitto_pub of one message. */
export async function publish(port: number, topic: string, payload: string): Promise<void> {
  const args = ["-h", "127.0.0.1", "-p", String(port), "-q", "1", "-t", topic, "-s"];
  const child = spawn("mosquitto_pub", args, { env, stdio: ["pipe", "inherit", "inherit"] });
  child.stdin?.end(payload);
  const code = await new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${String(code)}`);
}

export interface Mosquitto extends AsyncDisposable {
  readonly port: number;
}

export interface MosquittoSetup {
  /** A free one when left out. */
  readonly port?: number;
  /** Lines of mosquitto.conf(5) for the listener; anybody may connect when left out. */
  readonly lines?: readonly string[];
}

/** A real Mosquitto on a port of loopback, with its own configuration. */
export async function startMosquitto(setup: MosquittoSetup = {}): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), "jx-mosquitto-"));
  const port = setup.port ?? (await freePort());
  const file = join(folder, "mosquitto.conf");
  const lines = setup.lines ?? ["allow_anonymous true"];
  // As root it would otherwise become a user who may not read the folder.
  writeFileSync(file, [`listener ${port} 127.0.0.1`, ...lines, "persistence false", "user root", ""].join("\n"));
  const child = spawn("mosquitto", ["-c", file], { env, stdio: "ignore" });
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  await Promise.race([failed, answers(port)]);
  return {
    port,
    async [Symbol.asyncDispose]() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function until(what: string, check: () => boolean, ms = 20_000): Promise<void> {
  const limit = performance.now() + ms;
  while (!check()) {
    if (performance.now() > limit) throw new Error(`waited ${ms} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGCONT");
  child.kill("SIGKILL");
  await exited;
}

async function answers(port: number): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      }).once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`mosquitto does not answer on port ${port}`);
}
