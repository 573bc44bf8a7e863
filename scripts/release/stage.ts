// The folder that a release archive holds.
import { chmodSync, copyFileSync, cpSync, globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.ts";
import { closure, packageFolder, thirdPartyLicenses } from "./licenses.ts";
import { type Arch, nodePackage } from "./node-binary.ts";

const ENTRIES = { edge: "apps/edge/src/main.ts", cli: "apps/cli/src/main.ts", plant: "plant/src/main.ts" };
/** What the page is made of; what makes it (Vite) is not in the release. */
const CONSOLE_PACKAGES = ["@ant-design/icons", "antd", "react", "react-dom", "typebox", "uplot"];

export interface Programs {
  /** The folder with the bundled programs, the same for every architecture. */
  readonly lib: string;
  readonly licenses: string;
}

export async function buildPrograms(root: string, lib: string): Promise<Programs> {
  rmSync(lib, { recursive: true, force: true });
  const { inputs } = await bundle({ root, entries: ENTRIES, out: lib });
  const bundled = Object.keys(inputs).flatMap((file) => packageFolder(file) ?? []);
  return { lib, licenses: thirdPartyLicenses(root, [...bundled, ...closure(root, CONSOLE_PACKAGES)]) };
}

export interface StageOptions {
  readonly root: string;
  readonly arch: Arch;
  readonly version: string;
  /** False where this machine cannot run the architecture's Node; the archive then says so. */
  readonly tested: boolean;
  readonly folder: string;
}

export function stage(options: StageOptions, programs: Programs): void {
  const { root, arch, version, tested, folder } = options;
  const node = nodePackage(root, arch);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(join(node, "bin", "node"), join(folder, "bin", "node"));
  copyFileSync(join(node, "LICENSE"), join(folder, "bin", "NODE-LICENSE"));
  cpSync(programs.lib, join(folder, "lib"), { recursive: true });
  // Beside the programs, so that Node takes the .js files for ES modules.
  writeFileSync(join(folder, "lib", "package.json"), `${JSON.stringify({ type: "module", version })}\n`);
  copyFileSync(join(root, "scripts", "release", "jx"), join(folder, "jx"));
  for (const file of ["bin/node", "jx"]) chmodSync(join(folder, file), 0o755);
  for (const file of globSync("{LICENSE,README*.md,CHANGELOG.md}", { cwd: root })) {
    copyFileSync(join(root, file), join(folder, file));
  }
  // The readme points into it, and a site has no other copy.
  cpSync(join(root, "docs"), join(folder, "docs"), { recursive: true });
  writeFileSync(join(folder, "THIRD-PARTY-LICENSES"), programs.licenses);
  const note = tested ? "" : ", untested: built on a machine that cannot run it";
  writeFileSync(join(folder, "VERSION"), `JX Edge ${version} linux-${arch}${note}\n`);
}
