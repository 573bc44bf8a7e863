import { type Flat, hostInUrl } from "@jx/runtime";
import type { EdgeOptions } from "./options.ts";

/** Command line flags as configuration values, per service. */
export function flagsOf(options: EdgeOptions): Readonly<Record<string, Flat>> {
  const all = new Map<string, string>();
  const gateway = new Map<string, string>();
  if (options.edgexListen !== undefined) {
    all.set("Service/ServerBindAddr", options.edgexListen);
    if (!isWildcard(options.edgexListen)) all.set("Service/Host", options.edgexListen);
  }
  const hosts = [...options.allowHosts];
  gateway.set("Service/ServerBindAddr", options.listen ?? "127.0.0.1");
  // Where keeper and peers find it: at the address it listens on, whatever EdgeX's ports do. One on every address has a
  // name that its configuration knows.
  if (!isWildcard(options.listen ?? "")) gateway.set("Service/Host", localHost(options));
  if (options.listen !== undefined && !isWildcard(options.listen)) hosts.push(options.listen);
  if (options.consolePort !== undefined) gateway.set("Service/Port", String(options.consolePort));
  if (hosts.length > 0) {
    all.set("Service/AllowedHosts", hosts.join(","));
    gateway.set("Service/AllowedHosts", hosts.join(","));
  }
  return { all, gateway };
}

export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::" || address === "[::]";
}

/** Where programs of this machine reach the console: one opened to a single address does not answer on loopback. */
export function localHost({ listen }: EdgeOptions): string {
  return listen === undefined || isWildcard(listen) ? "127.0.0.1" : hostInUrl(listen);
}
