// Builds the console into apps/console/dist when its sources, or what it is built with, changed since the last build.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = [
  "{apps/console,base/contracts,base/kit}/src/**/*.*",
  "apps/console/{index.html,package.json,vite.config.ts,public/**/*.*}",
  "package-lock.json",
];

if (import.meta.main) buildConsole(join(import.meta.dirname, ".."));

/** @throws Error when Vite fails; what it says is on stderr */
export function buildConsole(root: string): void {
  const stamp = join(root, ".cache", "console-sources");
  const sources = hashOf(root);
  const built = existsSync(join(root, "apps/console/dist/index.html")) && existsSync(stamp);
  if (built && readFileSync(stamp, "utf8") === sources) return;
  process.stderr.write("Building the console …\n");
  const vite = ["node_modules/vite/bin/vite.js", "build", "apps/console", "--logLevel", "warn"];
  // Standard output belongs to the program that is started after this.
  const { status, error } = spawnSync(process.execPath, vite, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error("the console could not be built, see above");
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(stamp, sources);
}

function hashOf(root: string): string {
  const hash = createHash("sha256");
  const files = globSync(SOURCES, { cwd: root, exclude: (file) => file.endsWith(".test.ts") });
  for (const file of files.sort())
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex");
}
