import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { portHolder } from "@jx/runtime";
import { parse } from "yaml";
import type { Environment } from "../place.ts";
import { bad, type Finding, ok, warn } from "./finding.ts";

/** What the edge listens on when nothing else is said; a test holds it to the services' own definitions. */
export const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  gateway: 4000,
  "core-data": 59880,
  "core-metadata": 59881,
  "core-command": 59882,
  "core-keeper": 59890,
  rules: 59730,
  "device-virtual": 59900,
  "device-modbus": 59901,
};
const MQTT_PORT = 1883;
const PLANT_PORT = 1502;

export interface WantedPort {
  readonly name: string;
  readonly port: number;
  /** The edge starts without it. */
  readonly optional: boolean;
  /** How to choose another one. */
  readonly choose: string;
}

/** The ports that a start would take: defaults ← file ← environment, as the edge resolves them. */
export function wantedPorts(dataDir: string, environment: Environment): WantedPort[] {
  const file = configFile(join(dataDir, "config.yaml"));
  const services = Object.entries(DEFAULT_PORTS).map(([key, otherwise]): WantedPort => {
    const variable = `${key.toUpperCase().replaceAll("-", "_")}_SERVICE_PORT`;
    const port = Number(environment[variable] ?? filePort(file, key) ?? otherwise);
    return { name: key, port, optional: false, choose: key === "gateway" ? "--port N" : `${variable}=N` };
  });
  return [
    ...services,
    {
      name: "mqtt",
      port: Number(environment.JX_MQTT_PORT ?? MQTT_PORT),
      optional: false,
      choose: "--mqtt-port N, --no-broker",
    },
    {
      name: "plant",
      port: Number(environment.JX_PLANT_PORT ?? PLANT_PORT),
      optional: true,
      choose: "--plant-port N, --no-demo",
    },
  ].filter(({ port }) => port > 0);
}

function configFile(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"), { maxAliasCount: 100 });
  } catch {
    return undefined; // none yet; one that is damaged is the edge's own complaint at its start
  }
}

function filePort(file: unknown, key: string): unknown {
  return (file as Record<string, { Service?: { Port?: unknown } }> | null | undefined)?.[key]?.Service?.Port;
}

/** Whether a start would get its ports, and who holds those it would not. */
export async function checkPorts(ports: readonly WantedPort[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const wanted of ports) findings.push(await checkPort(wanted));
  return findings;
}

async function checkPort({ name, port, optional, choose }: WantedPort): Promise<Finding> {
  const check = `port ${name}`;
  const code = await tryListen(port);
  if (code === undefined) return ok(check, `端口 ${port}（${name}）空闲`, `port ${port} (${name}) is free`);
  if (code === "EACCES") {
    return bad(check, `端口 ${port}（${name}）不允许普通用户使用`, `port ${port} (${name}) is not for ordinary users`, {
      zh: `选 1024 以上的端口：${choose}`,
      en: `Choose one above 1024: ${choose}`,
    });
  }
  const holder = portHolder(port);
  if (holder?.includes("TIME-WAIT") === true) {
    const within = `port ${port} (${name}) is free within a minute: ${holder} holds it, and a start waits for it`;
    return ok(check, `端口 ${port}（${name}）一分钟内可用：被刚关闭的连接占用，启动时会等待`, within);
  }
  const zh = `端口 ${port}（${name}）被占用：${holder ?? "另一个用户的程序"}`;
  const en = `port ${port} (${name}) is taken by ${holder ?? "another user's program"}`;
  const help = {
    zh: `结束该程序，或换一个端口：${choose}${holder === undefined ? `；查看占用者：sudo ss -ltnp sport = :${port}` : ""}`,
    en: `End that program, or choose another port: ${choose}${holder === undefined ? `; see who it is: sudo ss -ltnp sport = :${port}` : ""}`,
  };
  return optional ? warn(check, zh, en, help) : bad(check, zh, en, help);
}

/** The error's code, or undefined when the port is free. */
function tryListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "EUNKNOWN"));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
