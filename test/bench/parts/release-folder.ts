import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildConsole } from "../../../scripts/build-console.ts";
import { buildPrograms, stage } from "../../../scripts/release/stage.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** The unpacked release of this checkout, as `npm run release` packs it. */
export async function stageRelease(folder: string): Promise<string> {
  buildConsole(ROOT);
  const programs = await buildPrograms(ROOT, join(folder, "lib-built"));
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const home = join(folder, "release");
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  stage({ root: ROOT, arch, version, tested: true, folder: home }, programs);
  return home;
}

/** What scripts/release/jx adds before it starts the edge: V8's flags and glibc's settings. */
export function releaseFlags(): { readonly node: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const launcher = readFileSync(join(ROOT, "scripts/release/jx"), "utf8");
  const node = /exec "\$home\/bin\/node" (--.*?) "\$home\/lib\/edge\.js"/.exec(launcher)?.[1]?.split(" ") ?? [];
  const settings = launcher.matchAll(/(MALLOC_\w+)="\$\{\1:-(\d+)\}"/g);
  return { node, env: Object.fromEntries([...settings].map(([, name = "", value = ""]) => [name, value])) };
}
