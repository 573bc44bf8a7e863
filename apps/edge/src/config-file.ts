import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "@jx/kit";
import { type Flat, flatten } from "@jx/runtime";
import { isMap, LineCounter, parseDocument } from "yaml";

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

/** Reads the configuration file: service key (or "all") → flat values. A missing file is written as a commented template. */
export function readConfigFile(path: string): Readonly<Record<string, Flat>> {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, TEMPLATE);
    return {};
  }
  const text = readFileSync(path, "utf8");
  if (text.length > MAX_BYTES)
    throw new AppError("ContractInvalid", `${path} is larger than ${MAX_BYTES} bytes; that is no configuration file`);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = counter.linePos(problem.pos[0]);
    throw new AppError("ContractInvalid", `${path}:${line}:${col}: ${problem.message.split("\n")[0]}`, {
      code: "config-file",
    });
  }
  if (document.contents === null) return {};
  if (!isMap(document.contents)) {
    throw new AppError("ContractInvalid", `${path}: the top level names services, such as "core-data:" or "all:"`);
  }
  const root = document.toJS({ maxAliasCount: 100 }) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, flatten(value)]));
}
