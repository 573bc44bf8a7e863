import { problem } from "../problem.ts";

/** Ports of EdgeX 4.x, where a host says nothing else. Source: edgex-configuration.md, each service's Service.Port. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  "core-keeper": 59890,
  "core-metadata": 59881,
  "core-data": 59880,
  "core-command": 59882,
  "device-virtual": 59900,
};

export interface Target {
  readonly service: string;
  /** "http://edge-box:59881", no slash at its end. */
  readonly address: string;
  /** The user named it, or no EdgeX host is without it: when it is not there, the host does not pass. */
  readonly wanted: boolean;
}

/**
 * Where the services of a host are.
 * @param at "core-metadata=http://edge-box:1234", from --at
 * @param only services to look at, from --service; every known one when empty
 * @throws AppError usage
 */
export function targetsOf(host: string, at: readonly string[], only: readonly string[]): Target[] {
  const base = hostUrl(host);
  const given = new Map(at.map(addressOf));
  const named = only.flatMap((text) => text.split(",")).filter((text) => text !== "");
  const services = named.length > 0 ? named : [...new Set([...Object.keys(DEFAULT_PORTS), ...given.keys()])];
  return [...new Set(services)].map((service) => {
    checkService(service);
    const address = given.get(service) ?? defaultAddress(base, service);
    const wanted = named.length > 0 || given.has(service) || !service.startsWith("device-");
    return { service, address, wanted };
  });
}

function hostUrl(host: string): URL {
  const text = /^https?:\/\//.test(host)
    ? host
    : `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.port === "" && url.pathname === "/" && !/\s/.test(host)) return url;
  throw problem(
    "usage",
    `"${host}" 应为主机名或 IP 地址，不带端口；端口不同的服务用 --at core-data=http://主机:端口 指定。`,
    `"${host}" should be a host name or an IP address without a port; a service on another port is told with --at core-data=http://HOST:PORT.`,
  );
}

function addressOf(text: string): [string, string] {
  const [, service = "", address = ""] = /^([a-z][a-z0-9-]*)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (service !== "" && URL.canParse(address)) return [service, address.replace(/\/+(?:api\/v3\/?)?$/, "")];
  throw problem(
    "usage",
    `--at "${text}" 无效：应写成 服务=地址，如 core-metadata=http://edge-box:59881。`,
    `--at is "${text}"; it should be SERVICE=URL, such as core-metadata=http://edge-box:59881.`,
  );
}

function checkService(service: string): void {
  if (service in DEFAULT_PORTS || service.startsWith("device-")) return;
  const known = Object.keys(DEFAULT_PORTS).join(", ");
  throw problem(
    "usage",
    `没有服务 "${service}" 的检查项；可用：${known}，以及其他设备服务（device-…）。`,
    `There are no checks for a service "${service}"; there are for ${known} and other device services (device-…).`,
  );
}

function defaultAddress(base: URL, service: string): string {
  const port = DEFAULT_PORTS[service];
  if (port !== undefined) return `${base.protocol}//${base.hostname}:${port}`;
  throw problem(
    "usage",
    `${service} 的端口未知：请加 --at ${service}=http://${base.hostname}:端口。`,
    `The port of ${service} is not known: add --at ${service}=http://${base.hostname}:PORT.`,
  );
}
