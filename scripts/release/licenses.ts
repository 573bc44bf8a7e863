// The licences of what a release contains, read from the packages themselves.
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of THIRD-PARTY-LICENSES for these package folders (`node_modules/x`), each once, sorted by name. */
export function thirdPartyLicenses(root: string, folders: Iterable<string>): string {
  const chapters = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license?: string;
    };
    const files = globSync("{LICENSE,LICENCE,License,license,COPYING,NOTICE}*", { cwd: join(root, folder) }).sort();
    const texts = files.map((file) => readFileSync(join(root, folder, file), "utf8").trim());
    return [`${name} ${version} — ${license ?? "see below"}`, ...texts].join("\n\n");
  });
  return `JX Edge contains the following packages.\n\n${chapters.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

/** `node_modules/@a/b/dist/x.js` → `node_modules/@a/b`, for the innermost node_modules; undefined for our own files. */
export function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/** Folders of the packages that `names` lead to through their `dependencies`, themselves included. */
export function closure(root: string, names: readonly string[]): string[] {
  const found = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const folder = `node_modules/${name}`;
    if (found.has(folder) || !existsSync(join(root, folder, "package.json"))) continue;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    queue.push(...Object.keys(dependencies));
  }
  return [...found];
}
