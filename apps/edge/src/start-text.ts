import { networkInterfaces } from "node:os";
import { isLoopback } from "@jx/runtime";
import type { Edge } from "./edge.ts";
import { isWildcard } from "./flags.ts";
import type { EdgeOptions, Language } from "./options.ts";
import { VERSION } from "./version.ts";

/** What a person reads after a start: the address, where things lie, and what to know. */
export function startText(edge: Edge, options: EdgeOptions, ms: number): string {
  const zh = options.language === "zh";
  const say = (chinese: string, english: string): string => (zh ? chinese : english);
  const { paths } = edge;
  const lines = [
    "",
    `  JX Edge ${VERSION}  ${say(`启动用时 ${ms} ms`, `up in ${ms} ms`)}`,
    "",
    ...(edge.url === undefined ? [] : [`  ${say("控制台  ", "Console ")}  ${link(edge.url, edge.oneTimeToken)}`]),
    `  ${say("数据    ", "Data    ")}  ${paths.data}`,
    `  ${say("配置    ", "Config  ")}  ${paths.config}`,
    `  ${say("规则    ", "Rules   ")}  ${paths.rules}`,
    `  ${say("日志    ", "Logs    ")}  ${paths.logs}`,
  ];
  if (options.keeper !== undefined) lines.push(`  Keeper    ${options.keeper.address}`);
  if (edge.broker !== undefined) lines.push(`  MQTT      mqtt://${edge.broker.host}:${edge.broker.port}  ('edgex/#')`);
  lines.push("");
  if (edge.url !== undefined && options.listen === undefined) {
    const port = new URL(edge.url).port;
    lines.push(
      `  ${say("从另一台电脑查看：", "From another computer: ")}ssh -L ${port}:127.0.0.1:${port} <user>@<this-box>`,
      `  ${say("或用 --listen <地址> 启动，将打印一次性登录链接。", "or start with --listen <address>, which prints a one-time link.")}`,
      "",
    );
  } else if (edge.url !== undefined) {
    lines.push(
      `  ${say("链接只能用一次；", "The link works once; ")}jx status --link ${say("可取得新的链接。", "prints a new one.")}`,
      "",
    );
  }
  if (options.edgexListen !== undefined && !isLoopback(options.edgexListen)) {
    lines.push(
      `  ${say(
        `警告：EdgeX 端口和 MQTT 已在 ${options.edgexListen} 上开放，没有任何认证。`,
        `Warning: EdgeX's ports and the broker are open on ${options.edgexListen}; they carry no authentication.`,
      )}`,
      "",
    );
  }
  for (const warning of edge.warnings) lines.push(`  ${say("警告：", "Warning: ")}${warning}`, "");
  lines.push(`  ${say("按 Ctrl-C 停止。", "Press Ctrl-C to stop.")}`, "");
  return `${lines.join("\n")}\n`;
}

function link(address: string, token: string | undefined): string {
  const url = new URL(address);
  if (isWildcard(url.hostname)) url.hostname = outsideAddress() ?? "127.0.0.1";
  if (token === undefined) return url.origin;
  url.searchParams.set("token", token);
  return url.href;
}

export function stopText(edge: Edge, options: EdgeOptions): string {
  const stored = edge.eventsStored();
  return options.language === "zh"
    ? `\n  已停止。本次运行保存了 ${stored} 个事件，位于 ${edge.paths.data}\n`
    : `\n  Stopped. ${stored} events of this run are saved in ${edge.paths.data}\n`;
}

export function failText(language: Language): string {
  return language === "zh"
    ? "出现未处理的内部错误；正在保存数据并停止。"
    : "An error that nobody caught; saving and stopping.";
}

/** An address of this machine that another computer can use, for the link of a console that listens on all. */
function outsideAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}
