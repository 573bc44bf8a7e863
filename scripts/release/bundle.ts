// Bundles the programs of a release. In source a file needed at run time (a worker, a program, a folder of assets) is
// named by `new URL("./x", import.meta.url)` and in no other way; here each such URL is pointed at its copy.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

const RUNTIME_URL = /new URL\(\s*"(\.{1,2}\/[^"]+)",\s*import\.meta\.url,?\s*\)/g;
/** Each URL found may lead to a file with further ones; more rounds than this is a loop. */
const MAX_ROUNDS = 8;

export interface BundleOptions {
  /** The root of the checkout. */
  readonly root: string;
  /** Entries by name: `{ edge: "apps/edge/src/main.ts" }` becomes `<out>/edge.js`. */
  readonly entries: Readonly<Record<string, string>>;
  readonly out: string;
}

/** Writes the bundle to `out`, one flat folder, and tells which files went in. */
export async function bundle({ root, entries, out }: BundleOptions): Promise<Metafile> {
  const programs = new Map(Object.entries(entries).map(([name, file]) => [join(root, file), name]));
  const assets = new Map<string, string>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const known = programs.size;
    const { metafile, outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [...programs].map(([file, name]) => ({ in: file, out: name })),
      outdir: out,
      bundle: true,
      splitting: true,
      chunkNames: "chunk-[hash]",
      platform: "node",
      target: "node24",
      format: "esm",
      // Packages in CommonJS ask for Node's modules by `require`, which an ES module lacks.
      banner: {
        js: `import { createRequire as jxRequire } from "node:module"; const require = jxRequire(import.meta.url);`,
      },
      // A native library, wanted by serial lines only, which are not part of this release.
      external: ["serialport"],
      metafile: true,
      write: false,
      legalComments: "none",
      // The text of a program stays in memory, once per thread. Names stay for stack traces.
      minifyWhitespace: true,
      minifySyntax: true,
      logLevel: "warning",
      plugins: [runtimeUrls(root, programs, assets)],
    });
    if (programs.size > known) continue;
    mkdirSync(out, { recursive: true });
    for (const { path, contents } of outputFiles) writeFileSync(path, contents);
    for (const [path, name] of assets) cpSync(path, join(out, name), { recursive: true });
    return metafile;
  }
  throw new Error(`the run-time URLs of ${Object.values(entries).join(", ")} have no end`);
}

function runtimeUrls(root: string, programs: Map<string, string>, assets: Map<string, string>): Plugin {
  return {
    name: "runtime-urls",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path.includes("node_modules")) return undefined;
        const missing: string[] = [];
        const contents = readFileSync(path, "utf8").replaceAll(RUNTIME_URL, (url, target: string) => {
          const file = resolve(dirname(path), target);
          // Where the checkout lies: a question that a release answers with no.
          if (file === root) return url;
          if (!existsSync(file)) missing.push(target);
          const slash = target.endsWith("/") ? "/" : "";
          return `new URL("./${nameFor(root, file, programs, assets)}${slash}", import.meta.url)`;
        });
        if (missing.length > 0) {
          return { errors: [{ text: `${relative(root, path)} names ${missing.join(", ")}, which does not exist` }] };
        }
        return { contents, loader: "ts" };
      });
    },
  };
}

/** The name of a file's copy in the flat folder: a program by its entry name, others by their path. */
export function nameFor(
  root: string,
  file: string,
  programs: Map<string, string>,
  assets: Map<string, string>,
): string {
  const flat = relative(root, file).replaceAll(/[/\\]/g, "-");
  if (!file.endsWith(".ts")) {
    assets.set(file, flat);
    return flat;
  }
  const name = programs.get(file) ?? basename(flat, ".ts").replaceAll("-src-", "-");
  programs.set(file, name);
  return `${name}.js`;
}
