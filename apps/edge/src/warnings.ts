import { COMMON_CONFIG, type Flat, type Host } from "@jx/runtime";
import type { Database } from "./database.ts";
import type { EdgeOptions, Language } from "./options.ts";

export interface StartFacts {
  readonly database: Database;
  readonly host: Host;
  readonly file: Readonly<Record<string, Flat>>;
  /** Services that a section of the file may name. */
  readonly names: readonly string[];
}

/** What a person should know after a start that went well otherwise. */
export function startWarnings(
  { language, keeper, commonConfigFile }: EdgeOptions,
  { database, host, file, names }: StartFacts,
): string[] {
  const lost = host.services.flatMap(({ key, config }) => config.outvoted.map((name) => `${key}/${name}`));
  return [
    ...unusedFiles(database.unusedFiles, language),
    ...outvoted(lost, language),
    ...unknownSections(Object.keys(file), [...names, COMMON_CONFIG], language),
    ...(keeper === undefined || commonConfigFile === undefined ? [] : [commonFileUnused(commonConfigFile, language)]),
  ];
}

export function withoutBroker(port: number, holder: string | undefined, language: Language): string {
  return language === "zh"
    ? `未启动 MQTT 服务：端口 ${port} 已被占用${holder === undefined ? "" : `（${holder}）`}。可用 --mqtt-port 换一个端口，或用 --mqtt-broker 连接已有的服务器。`
    : `no MQTT broker: port ${port} is taken${holder === undefined ? "" : ` by ${holder}`}. Choose another with --mqtt-port, or join the broker that is there with --mqtt-broker.`;
}

/** Files of a store that was chosen before, and is not any more: most likely somebody misses what is in them. */
function unusedFiles(files: readonly string[], language: Language): string[] {
  if (files.length === 0) return [];
  const list = files.join(language === "zh" ? "、" : ", ");
  return [
    language === "zh"
      ? `数据目录中的 ${list} 未使用：当前存储是 PostgreSQL，数据不会自动迁移。`
      : `${list} in the data folder are not used: the store chosen is PostgreSQL, and nothing moves there by itself.`,
  ];
}

export function withoutDemo(reason: string, language: Language): string {
  return language === "zh"
    ? `演示站未启动：${reason}。其余部分正常运行；可用 jx demo on 重试。`
    : `the demo station did not start: ${reason}. All else runs; try again with: jx demo on`;
}

function commonFileUnused(path: string, language: Language): string {
  return language === "zh"
    ? `未使用 ${path}：公共配置以 --keeper 所指的 keeper 为准。`
    : `${path} is not used: with --keeper the common configuration is the one that keeper has.`;
}

/** Sections of the configuration file that no service reads: most likely a name with a typing error. */
export function unknownSections(found: readonly string[], services: readonly string[], language: Language): string[] {
  const known = ["all", ...services];
  return found
    .filter((key) => !known.includes(key))
    .map((key) =>
      language === "zh"
        ? `配置文件中的“${key}”不是任何服务，未使用。可用的有：${known.join("、")}。`
        : `"${key}" in the configuration file is no service and is not used; there are ${known.join(", ")}.`,
    );
}

/** Settings of file, environment or flag that are not in force, "core-data/Retention/Interval": most likely somebody waits for them. */
function outvoted(keys: readonly string[], language: Language): string[] {
  if (keys.length === 0) return [];
  const more = keys.length - MAX_NAMED;
  const named = keys.slice(0, MAX_NAMED).join(language === "zh" ? "、" : ", ");
  return [
    language === "zh"
      ? `${named}${more > 0 ? ` 等 ${keys.length} 项` : ""} 在配置文件、环境变量或选项中的值未生效：以 core-keeper 中已有的值为准。用 jx config set 修改，或用 --overwrite 启动一次。`
      : `${named}${more > 0 ? ` and ${more} more` : ""}: what configuration file, environment or options say is not in force, for core-keeper has other values. Change them with jx config set, or start once with --overwrite.`,
  ];
}

const MAX_NAMED = 5;
