import { aside, type Facts, listed, type Words } from "./words.ts";

const place = ({ path, line, col }: Facts): string => `${path}:${line}:${col}`;

const FILE_FAULTS: Words = {
  sections: ({ path, found, known }) =>
    `${path} ${found === undefined ? "没有内容" : `中有“${found}”`}；公共配置文件只有 ${listed(known)}。`,
  size: ({ path, max }) => `${path} 超过 ${max} 字节，不是配置文件。`,
  yaml: (facts) => `${place(facts)}：YAML 格式有误：${facts.reason}`,
  "top-level": ({ path }) => `${path}：顶层应为服务名，例如“core-data:”或“all:”。`,
  section: (facts) => `${place(facts)}：“${facts.name}”下应为设置项，例如“Writable: { LogLevel: INFO }”。`,
  aliases: ({ path }) => `${path}：别名展开过多；请直接写出值，不要用别名。`,
  encoding: ({ path }) => `${path} 不是 UTF-8 编码；请另存为 UTF-8。`,
};

/** What would be right for a setting, by the rule that it breaks. */
const RULES: Words = {
  integer: ({ min, max }) => `应为 ${min} 到 ${max} 的整数`,
  number: ({ min, max }) => `应为 ${min} 到 ${max} 的数`,
  boolean: () => "应为 true 或 false",
  duration: () => "应为时长，例如 500ms、10s 或 1h30m",
  "duration-days": () => "应为时长，例如 12h、7d 或 1d12h",
  words: ({ words }) => `应为 ${listed(words)} 之一`,
  "bus-type": () => "消息总线只支持 mqtt；或用 --mqtt-broker 指定服务器",
  "bus-protocol": () => "应为 mqtt 或 tcp，不带 TLS；或用 --mqtt-broker 指定服务器",
  "bus-auth": () => "应为 none 或 usernamepassword；或用 --mqtt-broker 指定服务器",
  "bus-secret": () => "请在这个名称下存入 username 和 password（POST /api/v3/secret），或用 --mqtt-broker 指定服务器",
  "mqtt-url": () => "应写成 tcp://host:1883，使用 TLS 时写成 ssl://host:8883",
  "no-secret": () => "没有这个名称的密钥（POST /api/v3/secret）",
  "secret-lacks": ({ secret, what }) => `密钥“${secret}”缺少 ${what}`,
};

/** A value's source as docs/configuration.md calls it. */
const ORIGINS: Readonly<Record<string, string>> = {
  default: "默认值",
  common: "公共配置",
  file: "配置文件",
  environment: "环境变量",
  flag: "命令行选项",
  keeper: "core-keeper",
};

/** Files and settings that do not fit. */
export const CONFIG_WORDS: Words = {
  "config-file": (facts) => FILE_FAULTS[String(facts.fault)]?.(facts) ?? `${facts.path} 有误。`,
  config: (facts) =>
    `配置 ${facts.setting} 的值是“${facts.value}”${aside(ORIGINS[String(facts.origin)] ? `来自${ORIGINS[String(facts.origin)]}` : "")}；${RULES[String(facts.rule)]?.(facts) ?? "不合适"}。`,
  "units-file": ({ file, reason }) => `无法读取计量单位文件 ${file}：${reason}；由 UoM/UoMFile 指定，设为空则不使用。`,
};
