import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeFlags } from "./memory.mjs";

/** Stands in for a Node before 22.15. */
const WITHOUT_EXECVE = ["--import", "data:text/javascript,process.execve=undefined"];

/** Stands in for npm: makes node_modules and says how it was called. */
const NPM = `
  import { mkdirSync } from "node:fs";
  if (process.env.NPM_FAILS) process.exit(1);
  mkdirSync("node_modules", { recursive: true });
  console.log("npm " + process.argv.slice(2).join(" "));`;

const ENTRY = `
  const args: string[] = process.argv.slice(2);
  if (args[0] === "wait") {
    let seen = 0;
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
      seen += 1;
      setTimeout(() => { console.log(signal, seen); process.exit(5); }, 300);
    });
    setInterval(() => {}, 1000);
  }
  console.log(JSON.stringify(args));`;

class Checkout {
  readonly #root = mkdtempSync(join(tmpdir(), "jx-run-"));

  constructor(t: TestContext) {
    t.after(() => rmSync(this.#root, { recursive: true }));
    mkdirSync(join(this.#root, "scripts"));
    for (const name of ["run.mjs", "memory.mjs", "stamp.mjs"])
      cpSync(join("scripts", name), join(this.#root, "scripts", name));
    this.write("package-lock.json", "{}");
    this.write("npm-cli.js", NPM);
    this.write("package.json", `{ "type": "module" }`);
    this.write("entry.ts", ENTRY);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#root, name), text);
  }

  start(flags: readonly string[], args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
    const child = spawn(process.execPath, [...flags, join(this.#root, "scripts", "run.mjs"), ...args], {
      detached: true,
      env: { ...process.env, npm_execpath: join(this.#root, "npm-cli.js"), ...env },
    });
    return new Run(child);
  }
}

class Run {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.on("data", (chunk) => (this.stdout += chunk));
    child.stderr?.on("data", (chunk) => (this.stderr += chunk));
  }

  async end(): Promise<number | null> {
    await once(this.child, "close");
    return this.child.exitCode;
  }
}

test("installs when there is no stamp or the lock file changed, on stderr, and runs the entry with its arguments", async (t) => {
  const checkout = new Checkout(t);
  const first = checkout.start([], ["entry.ts", "a", "b c"]);
  assert.equal(await first.end(), 0, first.stderr);
  assert.equal(first.stdout, `["a","b c"]\n`);
  assert.match(first.stderr, /^Installing .*\nnpm ci --no-audit --no-fund --loglevel=error\nInstalled in \d+ s\.\n$/);

  const second = checkout.start([], ["entry.ts"]);
  assert.equal(await second.end(), 0);
  assert.equal(second.stderr, "");

  checkout.write("package-lock.json", "{ }");
  const third = checkout.start([], ["entry.ts"]);
  assert.equal(await third.end(), 0);
  assert.match(third.stderr, /npm ci/);
});

test("the edge, and only the edge, gets the flags and settings that keep it small", async (t) => {
  const checkout = new Checkout(t);
  const tells = "console.log(JSON.stringify([process.execArgv, process.env.MALLOC_ARENA_MAX ?? null]));";
  checkout.write("scripts/start.ts", tells);
  checkout.write("entry.ts", tells);
  const edge = checkout.start([], ["scripts/start.ts"], { MALLOC_ARENA_MAX: "3" });
  assert.equal(await edge.end(), 0, edge.stderr);
  assert.equal(edge.stdout, `${JSON.stringify([nodeFlags, "3"])}\n`);
  const other = checkout.start([], ["entry.ts"]);
  assert.equal(await other.end(), 0);
  assert.equal(other.stdout, "[[],null]\n");
});

test("a failed install starts nothing and is tried again", async (t) => {
  const checkout = new Checkout(t);
  const failed = checkout.start([], ["entry.ts"], { NPM_FAILS: "1" });
  assert.equal(await failed.end(), 1);
  assert.match(failed.stderr, /npm ci failed/);
  assert.equal(failed.stdout, "");
  const again = checkout.start([], ["entry.ts"]);
  assert.equal(await again.end(), 0);
});

for (const [how, flags] of [
  ["in place", []],
  ["as a child", WITHOUT_EXECVE],
] as const) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`run ${how}, the program gets ${signal} once and its exit code is mirrored`, async (t) => {
      const run = new Checkout(t).start(flags, ["entry.ts", "wait"]);
      while (!run.stdout.includes("wait")) await once(run.child.stdout ?? run.child, "data");
      const { pid = 0 } = run.child;
      // The terminal sends SIGINT to the group; SIGTERM goes to the one process that somebody knows.
      process.kill(signal === "SIGINT" ? -pid : pid, signal);
      assert.equal(await run.end(), 5);
      assert.equal(run.stdout, `["wait"]\n${signal} 1\n`);
    });
  }
}

test("without a Node that is new enough it refuses in one line", async (t) => {
  const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.1.0'})";
  const run = new Checkout(t).start(["--import", old], ["entry.ts"]);
  assert.equal(await run.end(), 1);
  assert.match(run.stderr, /\nJX Edge needs Node 24 or newer here \(.*\): install it from nodejs\.org\.\n$/);
});
