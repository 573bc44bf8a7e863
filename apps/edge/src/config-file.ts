import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { AppError, messageOf } from "@jx/kit";
import { COMMON_CONFIG, type Flat, flatten } from "@jx/runtime";
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { withInstance } from "./instance-option.ts";
import type { EdgeOptions } from "./options.ts";

const MAX_BYTES = 1_000_000;

const TEMPLATE = `# JX Edge 配置 / configuration.  Values here seed the settings kept by core-keeper; see docs/configuration.md.
# 此处的值用于首次写入 core-keeper；之后以 keeper 为准（端口与监听地址除外）。
#
# all:                      # every service / 所有服务
#   Writable: { LogLevel: INFO }
# core-data:
#   Retention: { DefaultDuration: 168h }
# device-modbus:
#   Writable: { WritesEnabled: true }   # false refuses every write / false 表示禁止一切写操作
`;

const COMMON_SECTIONS = ["all-services", "app-services", "device-services"];

/** Reads the configuration file: service key (or "all") → flat values. A missing file is written as a commented template. */
export function readConfigFile(path: string): Readonly<Record<string, Flat>> {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, TEMPLATE);
    return {};
  }
  return readSections(path);
}

/** The configuration file, with the sections of instances; what all services share may stand in a file of its own, under the first. */
export function readConfiguration(
  { configFile, commonConfigFile, keeper, instance }: EdgeOptions,
  devices: readonly { readonly key: string }[],
): Readonly<Record<string, Flat>> {
  const keys = devices.map(({ key }) => key);
  const file = withInstance(readConfigFile(configFile), keys, instance);
  // With somebody else's keeper the common configuration is there.
  if (commonConfigFile === undefined || keeper !== undefined) return file;
  return {
    ...file,
    [COMMON_CONFIG]: new Map([...readCommonConfigFile(commonConfigFile), ...(file[COMMON_CONFIG] ?? [])]),
  };
}

/**
 * EdgeX's file of what all services share (`-cc`, EDGEX_COMMON_CONFIG): flat, "all-services/Service/MaxResultCount".
 * Other sections than EdgeX's three are refused: most likely it is a service's own file.
 */
export function readCommonConfigFile(path: string): Flat {
  const sections = Object.entries(readSections(path));
  const wrong = sections.find(([name]) => !COMMON_SECTIONS.includes(name));
  if (wrong !== undefined || sections.length === 0) {
    const found = wrong === undefined ? "nothing" : `"${wrong[0]}"`;
    const text = `${path} has ${found}; a common configuration has ${COMMON_SECTIONS.join(", ")}`;
    throw configError("sections", path, text, { found: wrong?.[0], known: COMMON_SECTIONS });
  }
  return new Map(sections.flatMap(([name, flat]) => [...flat].map(([key, text]) => [`${name}/${key}`, text] as const)));
}

function readSections(path: string): Readonly<Record<string, Flat>> {
  if (statSync(path).size > MAX_BYTES)
    throw configError("size", path, `${path} is larger than ${MAX_BYTES} bytes; that is no configuration file`, {
      max: MAX_BYTES,
    });
  const text = decodeUtf8(path, readFileSync(path));
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = counter.linePos(problem.pos[0]);
    const [reason = ""] = problem.message.split("\n");
    throw configError("yaml", path, `${path}:${line}:${col}: ${reason}`, { line, col, reason });
  }
  if (document.contents === null) return {};
  if (!isMap(document.contents)) {
    throw configError("top-level", path, `${path}: the top level names services, such as "core-data:" or "all:"`);
  }
  return Object.fromEntries(
    document.contents.items.map(({ key, value }) => {
      const name = String(isScalar(key) ? key.value : key);
      if (value !== null && !isMap(value) && !(isScalar(value) && value.value === null)) {
        const { line, col } = counter.linePos((value as Node).range?.[0] ?? 0);
        const text = `${path}:${line}:${col}: "${name}" should hold settings, such as "Writable: { LogLevel: INFO }"`;
        throw configError("section", path, text, { line, col, name });
      }
      return [name, isMap(value) ? settingsOf(value, document, path) : new Map()];
    }),
  );
}

function settingsOf(map: YAMLMap, document: Document, path: string): Flat {
  try {
    return flatten(map.toJS(document, { maxAliasCount: 100 }));
  } catch (cause) {
    // yaml refuses aliases that multiply ("billion laughs").
    throw configError("aliases", path, `${path}: ${messageOf(cause)}; write the values out instead of using aliases`);
  }
}

function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw configError("encoding", path, `${path} is not UTF-8; save it as UTF-8`);
  }
}

type Fault = "sections" | "size" | "yaml" | "top-level" | "section" | "aliases" | "encoding";

function configError(
  fault: Fault,
  path: string,
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
): AppError {
  return new AppError("ContractInvalid", message, { code: "config-file", details: { fault, path, ...facts } });
}
