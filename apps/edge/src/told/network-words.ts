import { aside, type Facts, type Words } from "./words.ts";

/** Ports, and keeper elsewhere. */
export const NETWORK_WORDS: Words = {
  "port-in-use": ({ name, host, port, holder, variable }) =>
    `${name} 无法监听 ${host}:${port}：端口已被占用${aside(holder)}；请停止占用它的程序，或用 ${variable}=端口 换一个端口（jx doctor 列出所有端口）。`,
  "port-awaited": ({ name, port, holder }) =>
    `${name} 正在等待端口 ${port}，目前被${holder ?? "某个连接"} 占用；最多一分钟`,
  "address-unusable": ({ name, host, port, reason }) =>
    `${name} 无法监听 ${host}:${port}${aside(reason)}；请使用本机的地址，或用 0.0.0.0 表示全部地址。`,
  "broker-address-unusable": ({ host, port, reason }) =>
    `MQTT 服务无法监听 ${host}:${port}${aside(reason)}；请用 --mqtt-port 换一个端口，或用 --no-broker 不启动它。`,
  "no-keeper": (facts) =>
    `等待了 ${facts.seconds} 秒，${awaited(facts)}；请检查地址（--keeper、EDGEX_CONFIG_PROVIDER）；EDGEX_STARTUP_DURATION=N 可等待 N 秒。`,
  "keeper-awaited": (facts) => `正在等待：${awaited(facts)}；最多 ${facts.seconds} 秒`,
  "keeper-unread": ({ service, reason }) =>
    `${service} 无法从 core-keeper 读取配置：${reason}；core-keeper 是否在运行？`,
  "not-running": ({ key, fault }) =>
    `无法连接服务 ${key}：${REGISTRY_FAULTS[String(fault)] ?? "它未在运行；请查看 jx status"}。`,
};

const REGISTRY_FAULTS: Readonly<Record<string, string>> = {
  silent: "core-keeper 的注册表没有应答",
  "not-registered": "core-keeper 的注册表中没有它；请启动它，或用 --remote 指明地址",
  ended: "core-keeper 的注册表显示它已停止",
};

function awaited({ missing, address, reason }: Facts): string {
  switch (missing) {
    case "ready":
      return `core-keeper（${address}）中的公共配置尚未就绪：core-common-config-bootstrapper 正在写入`;
    case "configuration":
      return `core-keeper（${address}）中还没有公共配置：JX Edge 的 keeper 启动时会写入，EdgeX 的 keeper 则需启动 core-common-config-bootstrapper`;
    default:
      return `core-keeper（${address}）没有应答${aside(reason)}`;
  }
}
