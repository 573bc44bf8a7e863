import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A Modbus server that is not ours, and its own view of its memory. */
export interface Peer extends AsyncDisposable {
  readonly port: number;
  /** `type` is an EdgeX value type, `order` the byte order; see libmodbus-peer.c. */
  set(table: PeerTable, type: string, order: string, address: number, value: string): Promise<void>;
  get(table: PeerTable, type: string, order: string, address: number): Promise<string>;
}

export type PeerTable = "coil" | "discrete" | "holding" | "input";

export interface PeerKind {
  readonly name: string;
  /** How to get what it needs; .ci/run does it by itself. */
  readonly install: string;
  /** Throws when it is not installed. */
  start(): Promise<Peer>;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export const libmodbus: PeerKind = {
  name: "libmodbus",
  install: "apt-get install -y gcc libmodbus-dev",
  async start() {
    const folder = mkdtempSync(join(tmpdir(), "jx-libmodbus-"));
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    try {
      const program = join(folder, "peer");
      execFileSync("cc", ["-O1", here("libmodbus-peer.c"), "-o", program, "-lmodbus"], { stdio: "pipe" });
      return await startPeer(spawn(program, { stdio: ["pipe", "pipe", "ignore"] }), remove);
    } catch (error) {
      remove();
      throw error;
    }
  },
};

export const pymodbus: PeerKind = {
  name: "pymodbus",
  install:
    "python3 -m venv .cache/peers && .cache/peers/bin/pip install -r .ci/peers-python.txt, and JX_PEER_PYTHON=.cache/peers/bin/python",
  async start() {
    const python = process.env.JX_PEER_PYTHON ?? "python3";
    execFileSync(python, ["-c", "import pymodbus.simulator"], { stdio: "pipe" });
    return await startPeer(spawn(python, [here("pymodbus-peer.py")], { stdio: ["pipe", "pipe", "ignore"] }));
  },
};

/** Both peers print their port first and then one line for each line they are given. */
async function startPeer(child: ChildProcess, cleanUp: () => void = () => undefined): Promise<Peer> {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("the peer was started without pipes");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const ask = async (line?: string): Promise<string> => {
    if (line !== undefined) stdin.write(`${line}\n`);
    const answer = await lines.next();
    if (answer.done === true) throw new Error(`the peer ended${line === undefined ? "" : ` on "${line}"`}`);
    return answer.value;
  };
  return {
    port: Number(await ask()),
    async set(table, type, order, address, value) {
      await ask(`set ${table} ${type} ${order} ${address} ${value}`);
    },
    get: (table, type, order, address) => ask(`get ${table} ${type} ${order} ${address}`),
    async [Symbol.asyncDispose]() {
      const exited = child.exitCode === null ? once(child, "exit") : undefined;
      stdin.end();
      child.kill();
      await exited;
      cleanUp();
    },
  };
}

/** The peer, or why there is none. */
export async function tryStart(kind: PeerKind): Promise<Peer | Error> {
  try {
    return await kind.start();
  } catch (error) {
    return new Error(`${kind.name} is not there; ${kind.install}`, { cause: error });
  }
}
