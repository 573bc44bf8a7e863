// `npm run release`: one archive per architecture with Node and the console inside, and their checksums, in dist/release.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildConsole } from "./build-console.ts";
import type { Arch } from "./release/node-binary.ts";
import { buildPrograms, stage } from "./release/stage.ts";

const root = process.cwd();
const out = join(root, "dist", "release");
const WITHOUT_NODE = "without-node.tar.gz";
const { values } = parseArgs({ options: { arch: { type: "string", multiple: true, default: ["x64", "arm64"] } } });
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
buildConsole(root);
const programs = await buildPrograms(root, join(root, ".cache", "release-lib"));
const sums: string[] = [];
for (const arch of values.arch.map(toArch)) {
  const tested = arch === process.arch;
  const name = `jx-edge-${version}-linux-${arch}`;
  const folder = join(out, name);
  stage({ root, arch, version, tested, folder }, programs);
  // The cache that a run leaves beside the program is not for the archive.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" };
  if (tested) process.stdout.write(execFileSync(join(folder, "jx"), ["version"], { encoding: "utf8", env }));
  const archive = `${name}.tar.gz`;
  pack(name, archive);
  pack(name, WITHOUT_NODE, `--exclude=${name}/bin`);
  const mark = tested ? "" : " (untested: this machine cannot run it)";
  process.stdout.write(`${archive}: ${megabytes(archive)}, without Node ${megabytes(WITHOUT_NODE)}${mark}\n`);
  rmSync(join(out, WITHOUT_NODE));
  rmSync(folder, { recursive: true });
  sums.push(
    `${createHash("sha256")
      .update(readFileSync(join(out, archive)))
      .digest("hex")}  ${archive}\n`,
  );
}
writeFileSync(join(out, "SHA256SUMS"), sums.join(""));

function toArch(name: string): Arch {
  if (name === "x64" || name === "arm64") return name;
  throw new Error(`--arch ${name}: x64 or arm64`);
}

/** Same content, same bytes: names sorted, times and owners of the release commit, not of this machine. */
function pack(folder: string, archive: string, ...options: string[]): void {
  const time = execFileSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8" }).trim();
  const fixed = ["--sort=name", `--mtime=@${time}`, "--owner=0", "--group=0", "--numeric-owner"];
  execFileSync("tar", ["-C", out, ...fixed, ...options, "-czf", join(out, archive), folder], { stdio: "inherit" });
}

function megabytes(file: string): string {
  return `${(statSync(join(out, file)).size / 1e6).toFixed(1)} MB`;
}
