import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export type Environment = Readonly<Record<string, string | undefined>>;
export type Language = "zh" | "en";

/** Where an installed edge keeps its data (DESIGN §7). */
export const INSTALLED_DATA = "/var/lib/jx-edge";

/** The checkout this program runs from; undefined in a release, whose launcher sets JX_HOME instead. */
export function checkoutFolder(): string | undefined {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  return existsSync(join(root, "package.json")) && existsSync(join(root, "apps")) ? root : undefined;
}

/** The data folder of the edge that is meant: the same rule as `jx start` has (apps/edge, options.ts). */
export function dataFolder(option: string | undefined, environment: Environment): string {
  const checkout = checkoutFolder();
  const otherwise = checkout === undefined ? INSTALLED_DATA : join(checkout, "var", "edge");
  return resolve(option ?? environment.JX_DATA ?? otherwise);
}

/** How a person on this machine starts the edge. */
export function startCommand(): string {
  return checkoutFolder() === undefined ? "jx start" : "npm start";
}

export function languageOf(option: string | undefined, environment: Environment): Language {
  const { JX_LANG, LC_ALL, LC_MESSAGES, LANG } = environment;
  return /^zh/i.test(option ?? (JX_LANG || LC_ALL || LC_MESSAGES || LANG || "")) ? "zh" : "en";
}
