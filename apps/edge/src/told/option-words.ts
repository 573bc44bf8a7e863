import { type Facts, listed, type Words } from "./words.ts";

const is = ({ option, value }: Facts): string => `${option} 的值是“${value}”`;

/** Node's codes for a command line that parseArgs refuses (https://nodejs.org/api/errors.html). */
const COMMAND_LINE: Words = {
  ERR_PARSE_ARGS_UNKNOWN_OPTION: ({ option }) => `没有选项 ${option}。`,
  ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: ({ option }) => `多余的参数“${option}”。`,
  ERR_PARSE_ARGS_INVALID_OPTION_VALUE: ({ option }) => `选项 ${option} 缺少值，或不应带值。`,
};

/** Options and variables that do not fit. */
export const OPTION_WORDS: Words = {
  "command-line": (facts) => COMMAND_LINE[String(facts.reason)]?.(facts) ?? "命令行有误。",
  "option-file": (facts) => `${is(facts)}，但没有这个文件。`,
  "option-port": (facts) => `${is(facts)}；应为 0（任意空闲端口）到 65535 之间的端口。`,
  "option-broker": (facts) => `${is(facts)}；应写成 192.168.1.5:1883。`,
  "option-remote": (facts) => `${is(facts)}；应写成 core-metadata=http://host:59881。`,
  "option-name": (facts) => `${is(facts)}；应为 1 到 64 个字母、数字、“-”或“_”。`,
  "option-keeper": (facts) => `${is(facts)}；应写成 keeper.http://edgex-core-keeper:59890。`,
  "option-seconds": (facts) => `${is(facts)}；应为不小于 1 的整数（秒）。`,
  "only-unknown": ({ name, known }) => `--only ${name}：没有这个服务；可用的有：${listed(known)}。`,
  "only-keeper": ({ address }) =>
    `已选 --only core-keeper，但 keeper 又指定为 ${address}（--keeper 或 EDGEX_CONFIG_PROVIDER）；请去掉其中一个。`,
  "store-choice": () =>
    "--store 不是已有的存储；应为 sqlite、postgres 或 postgres://user:password@host:5432/database。",
  "store-address": ({ fault }) =>
    `存储地址无法使用：${ADDRESS_FAULTS[String(fault)]}；应写成 postgres://user:password@host:5432/database，用户名和密码中的 @ 写作 %40，/ 写作 %2F。`,
  "database-port": ({ value }) => `Database/Port 的值是“${value}”；应为 1 到 65535 之间的端口。`,
};

const ADDRESS_FAULTS: Readonly<Record<string, string>> = {
  "no-address": "它不是 PostgreSQL 地址",
  option: "? 后面的选项只能是 sslmode 和 host",
  sslmode: "sslmode 只能是 disable、require 或 verify-full",
  percent: "其中的 % 后面不是百分号编码",
};
