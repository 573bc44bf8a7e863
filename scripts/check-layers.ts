// Holds the house to docs DESIGN §2 and §3: which package may use which, and what a service leaves to its host.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/**
 * Folder of a package → folders it may use; the first row that matches counts. `type:` is for `import type`, and for
 * tests, which ship nothing.
 */
const ARROWS: readonly (readonly [from: string, to: readonly string[]])[] = [
  ["base/kit", []],
  ["base/contracts", ["base/kit"]],
  ["base/conformance", ["base/kit", "base/contracts"]],
  ["base/stores", ["base/kit"]],
  // The host passes on where a database is; it opens none.
  ["base/runtime", ["base/kit", "base/contracts", "type:base/stores"]],
  ["engines/*", ["base/kit"]],
  // The driver interface speaks of events and profiles, whose types live in contracts.
  ["edge/devices/*", ["edge/device-sdk", "engines/edgecomm", "base/kit", "type:base/contracts"]],
  ["edge/*", ["base/*", "engines/*"]],
  ["plant", ["base/kit", "engines/*"]],
  ["apps/console", ["base/kit", "base/contracts"]],
  ["apps/*", ["apps/demo", "plant", "edge/*", "edge/devices/*", "engines/*", "base/*"]],
  ["test", ["*", "*/*", "*/*/*"]],
];

/** What only a composition root in apps/ may do. */
const HOST_ONLY = /\bprocess\.(?:env|exit)\b|\bconsole\.\w+\(/;
const HOSTED = /^(?:base|engines|edge)\//;
/** Pure packages get time as an argument; that they use no node module is a type error already (tsconfig.pure.json). */
const CLOCK = /\bDate\.now\b|\bnew Date\(\)/;
const PURE = /^(?:base\/kit|base\/contracts|engines\/.*)$/;

/** What a database thread starts with; each thread of a process loads its modules for itself. */
const THREAD = /\/store\/(?:[^/]+\/)*jobs\.ts$/;
/** Its whole index, with every schema: 15 MB of memory in each thread. */
const HEAVY = "@jx/contracts";

const IMPORT = new RegExp(
  [
    /^[ \t]*(?:import|export)\b(?<type> type\b)?[^"';]*?\bfrom\s*["'](?<from>[^"']+)["']/,
    /^[ \t]*import\s*["'](?<effect>[^"']+)["']/,
    /\bimport\(\s*["'](?<dynamic>[^"']+)["']/,
  ]
    .map((part) => part.source)
    .join("|"),
  "gm",
);
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
}

/** Every breach under `root`, as `file: what is wrong`; empty when the house stands. */
export function checkLayers(root: string): string[] {
  const packages = findPackages(root);
  const byName = new Map(packages.map((found) => [found.name, found]));
  return packages.flatMap((from) => {
    const problems: string[] = [];
    const check = (file: string, name: string, typeOnly: boolean): void => {
      const to = byName.get(name);
      if (to !== undefined && to !== from && !allowed(from.folder, to.folder, typeOnly)) {
        problems.push(`${file}: ${from.name} may not use ${name} (DESIGN §2)`);
      }
    };
    for (const name of from.dependencies) check(`${from.folder}/package.json`, name, false);
    for (const file of sources(root, from.folder)) {
      const text = readFileSync(join(root, file), "utf8").replaceAll(COMMENT, "");
      const isTest = /\.(?:test|bench|fixture)\.ts$/.test(file);
      for (const { target, typeOnly } of importsOf(text)) {
        // Tests of crashes and power cuts reach inside a service, which its index does not show.
        if (target.startsWith(".") && from.folder !== "test" && leaves(root, from.folder, file, target)) {
          problems.push(`${file}: "${target}" leaves the package; import it by its name`);
        }
        const name = /^@jx\/[^/]+/.exec(target)?.[0];
        if (name !== undefined) check(file, name, typeOnly || isTest);
      }
      if (isTest) continue;
      if (THREAD.test(file)) problems.push(...heavyImports(root, file));
      const breach = HOSTED.test(file) ? HOST_ONLY.exec(text) : null;
      if (breach !== null) problems.push(`${file}: ${breach[0]} belongs to the host in apps/; take it as an argument`);
      const clock = PURE.test(from.folder) ? CLOCK.exec(text) : null;
      if (clock !== null) problems.push(`${file}: ${clock[0]} in a pure package; take the time as an argument`);
    }
    return problems;
  });
}

function findPackages(root: string): Package[] {
  const read = (folder: string) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const { workspaces } = read(".") as { workspaces: string[] };
  return globSync(
    workspaces.map((pattern) => `${pattern}/package.json`),
    { cwd: root },
  ).map((file) => {
    const folder = dirname(file).replaceAll(sep, "/");
    const { name, dependencies = {} } = read(folder) as { name: string; dependencies?: Record<string, string> };
    return { folder, name, dependencies: Object.keys(dependencies) };
  });
}

function sources(root: string, folder: string): string[] {
  const exclude = (path: string): boolean => /(?:^|\/)(?:node_modules|dist|generated)$/.test(path);
  return globSync(`${folder}/**/*.{ts,tsx,mjs}`, { cwd: root, exclude }).map((file) => file.replaceAll(sep, "/"));
}

function importsOf(text: string): { target: string; typeOnly: boolean }[] {
  return [...text.matchAll(IMPORT)].map(({ groups = {} }) => {
    return { target: groups.from ?? groups.effect ?? groups.dynamic ?? "", typeOnly: groups.type !== undefined };
  });
}

/** Of a database thread's own files, those that load what is too heavy for it. */
function heavyImports(root: string, start: string): string[] {
  const files = new Set([start]);
  const problems: string[] = [];
  for (const file of files) {
    for (const { target, typeOnly } of importsOf(readFileSync(join(root, file), "utf8").replaceAll(COMMENT, ""))) {
      if (typeOnly) continue;
      if (target.startsWith(".")) files.add(join(dirname(file), target).replaceAll(sep, "/"));
      if (target !== HEAVY) continue;
      problems.push(`${file}: a database thread loads this; take types only, or one file: ${HEAVY}/value-type`);
    }
  }
  return problems;
}

function leaves(root: string, folder: string, file: string, target: string): boolean {
  return relative(join(root, folder), resolve(root, dirname(file), target)).startsWith("..");
}

function allowed(from: string, to: string, typeOnly: boolean): boolean {
  const targets = ARROWS.find(([pattern]) => matches(from, pattern))?.[1] ?? [];
  return targets.some((pattern) => matches(to, pattern) || (typeOnly && matches(`type:${to}`, pattern)));
}

function matches(folder: string, pattern: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", "[^/]+")}$`).test(folder);
}
