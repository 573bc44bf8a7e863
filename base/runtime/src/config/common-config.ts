import { oneOf, Type } from "@jx/contracts";

/** What every service has, with EdgeX's names and defaults (edgex-configuration.md §1, all-services). */
export const CommonConfig = Type.Object({
  Writable: Type.Object({
    LogLevel: Type.Unsafe<"TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR">({
      ...oneOf(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]),
      default: "INFO",
    }),
  }),
  Service: Type.Object({
    Host: Type.String({ default: "localhost", description: "How peers reach this machine" }),
    Port: Type.Integer({ minimum: 0, maximum: 65535, default: 0 }),
    ServerBindAddr: Type.String({ default: "127.0.0.1", description: "Address to listen on; loopback by default" }),
    AllowedHosts: Type.String({
      default: "",
      description: "Host names clients may use besides loopback, comma-separated",
    }),
    MaxResultCount: Type.Integer({ minimum: 1, default: 1024 }),
    MaxRequestSize: Type.Integer({ minimum: 0, default: 25_000, description: "kB" }),
    RequestTimeout: Type.String({
      "x-go": "duration",
      default: "5s",
      description: "An answer that takes longer is 503; 0s: any time",
    }),
    HealthCheckInterval: Type.String({ "x-go": "duration", default: "10s" }),
    EnableNameFieldEscape: Type.Boolean({
      default: false,
      description: "Percent-encode names in topics; when any service of the process says so, its broker does",
    }),
  }),
});
export type CommonConfig = Type.Static<typeof CommonConfig>;

/** Keys that always come from flag, environment or file, whatever keeper says: they decide how to find keeper and who can connect. */
export function isBootKey(key: string): boolean {
  return /^Service\/(Host|Port|ServerBindAddr|AllowedHosts)$/.test(key);
}
