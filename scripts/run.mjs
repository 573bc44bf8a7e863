// Starts a TypeScript entry on the pinned Node: `node scripts/run.mjs <entry.ts> [arguments]`.
// Installs first when the lock file changed. Built-ins only, syntax of Node 18, because it must run
// on whatever Node the machine happens to have.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mallocSettings, nodeFlags } from "./memory.mjs";
import { lockHash, stampFile, writeStamp } from "./stamp.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The edge itself stays small; tools, tests and builds take what they want. */
const EDGE = "scripts/start.ts";
const modules = join(root, "node_modules");

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Runs `npm ci` when node_modules was made from another lock file; speaks on stderr, stdout belongs to the program. */
function install() {
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockHash()) return;
  process.stderr.write("Installing dependencies (first start or a changed lock file; about half a minute) …\n");
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith("npm-cli.js") ? [process.execPath, [npm]] : ["npm", []];
  const started = Date.now();
  const { status, error } = spawnSync(command, [...args, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, "inherit"],
    shell: command === "npm" && process.platform === "win32",
  });
  if (error) refuse(`npm could not be started (${error.message}): install npm, then try again.`);
  if (status !== 0) refuse("npm ci failed, see above: check the network or the registry of npm, then try again.");
  writeStamp();
  process.stderr.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s.\n`);
}

/** The pinned Node where it runs (Linux with glibc), else this one when new enough, else a one-line refusal. */
function chooseNode() {
  const pinned = join(modules, `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(pinned)) {
    if (realpathSync(process.execPath) === realpathSync(pinned)) return pinned;
    // On musl it does not start.
    if (spawnSync(pinned, ["--version"]).status === 0) return pinned;
  }
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  const here = `${process.platform} ${process.arch}`;
  return refuse(`JX Edge needs Node 24 or newer here (${here} runs ${process.version}): install it from nodejs.org.`);
}

/** Replaces this process by the program where Node can; elsewhere stays as its parent and mirrors how it ends. */
function become(node, args, settings) {
  const env = { NODE_COMPILE_CACHE: join(modules, ".cache", "node-compile"), ...settings, ...process.env };
  if (process.execve) process.execve(node, [node, ...args], env);
  const child = spawn(node, args, { env, stdio: "inherit" });
  // The terminal sends SIGINT to the whole group already: forwarding it would deliver it twice.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => refuse(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

const [entry, ...args] = process.argv.slice(2);
if (!entry) refuse("usage: node scripts/run.mjs <entry.ts> [arguments]");
install();
const [flags, settings] = entry === EDGE ? [nodeFlags, mallocSettings] : [[], {}];
become(chooseNode(), [...flags, join(root, entry), ...args], settings);
