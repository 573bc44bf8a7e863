// The pinned Node for an architecture: the installed one, or the one that the lock file names, checked against it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Arch = "x64" | "arm64";

/** The folder of the package `node-linux-<arch>`; fetched into `.cache` when it is not this machine's own. */
export function nodePackage(root: string, arch: Arch): string {
  const name = `node-linux-${arch}`;
  const installed = join(root, "node_modules", name);
  if (existsSync(installed)) return installed;

  const { version, integrity } = lockEntry(root, name);
  const folder = join(root, ".cache", `${name}-${version}`);
  if (existsSync(join(folder, "package", "bin", "node"))) return join(folder, "package");
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder, `${name}@${version}`], { cwd: root });
  const file = join(folder, `${name}-${version}.tgz`);
  const actual = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  if (actual !== integrity) throw new Error(`${file} is not what package-lock.json names: ${actual}, not ${integrity}`);
  execFileSync("tar", ["-xzf", file, "-C", folder]);
  return join(folder, "package");
}

function lockEntry(root: string, name: string): { version: string; integrity: string } {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version: string; integrity: string } | undefined>;
  };
  const entry = packages[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`package-lock.json names no ${name}`);
  return entry;
}
