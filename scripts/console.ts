// The console is one of two things that are built (DESIGN §9): about 2 s, when a hash of its sources changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = ["apps/console", "base/contracts/src", "base/kit/src", "package-lock.json"];
const dist = join(root, "apps/console/dist");
const stamp = join(dist, ".sources-hash");

/** Builds apps/console/dist unless it was built from these very sources. Throws with the builder's output. */
export async function buildConsole(): Promise<void> {
  const hash = hashSources();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  process.stderr.write("Building the console (its sources changed; a few seconds) …\n");
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vite, "build", "apps/console", "--logLevel", "warn"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`the console could not be built:\n${stdout}${stderr}`);
  writeFileSync(stamp, hash);
}

function hashSources(): string {
  const hash = createHash("sha256");
  for (const source of SOURCES) addTo(hash, join(root, source));
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  const entries = readEntries(path);
  if (entries === undefined) {
    if (!/\.test\.tsx?$/.test(path)) hash.update(path.slice(root.length)).update(readFileSync(path));
    return;
  }
  for (const name of entries.sort()) if (name !== "dist" && name !== "node_modules") addTo(hash, join(path, name));
}

function readEntries(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    return undefined; // a file
  }
}
