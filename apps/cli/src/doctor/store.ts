import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@jx/kit";
import { COMMON_CONFIG, environmentName, flatten } from "@jx/runtime";
import { databaseAddress, inspectPostgres, storeChoice } from "@jx/stores";
import { parse } from "yaml";
import type { Environment } from "../place.ts";
import { bad, type Finding, ok } from "./finding.ts";

/** The database server that JX_STORE names: does it answer, and may it be used. Nothing to look at with SQLite. */
export async function checkStore(dataDir: string, environment: Environment): Promise<Finding[]> {
  try {
    const setting = (key: string): string | undefined => {
      const common = `all-services/${key}`;
      return environment[environmentName(common)] ?? fileSettings(dataDir).get(`${COMMON_CONFIG}/${common}`);
    };
    const address = databaseAddress(storeChoice(environment.JX_STORE), environment, setting);
    if (address === undefined) return [];
    const { address: place, version } = await inspectPostgres(address, { waitMs: 0 });
    return [ok("store", `存储：PostgreSQL ${version}，${place}`, `store: PostgreSQL ${version} at ${place}`)];
  } catch (error) {
    const why = messageOf(error);
    return [
      bad("store", `JX_STORE 指定的存储不可用：${why}`, `the store that JX_STORE names cannot be used: ${why}`, {
        zh: "见 docs/operations.zh.md“用 PostgreSQL 代替文件”。",
        en: 'See "PostgreSQL instead of files" in docs/operations.md.',
      }),
    ];
  }
}

function fileSettings(dataDir: string): ReadonlyMap<string, string> {
  try {
    return flatten(parse(readFileSync(join(dataDir, "config.yaml"), "utf8")));
  } catch {
    // Whether the file can be read is another finding.
    return new Map();
  }
}
