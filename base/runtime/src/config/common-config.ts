import { oneOf, Type } from "@jx/contracts";

/** What every service has, with EdgeX's names and defaults (edgex-configuration.md §1, all-services). */
export const CommonConfig = Type.Object({
  Writable: Type.Object({
    LogLevel: Type.Unsafe<"TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR">({
      ...oneOf(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]),
      default: "INFO",
    }),
    InsecureSecrets: Type.Record(
      Type.String(),
      Type.Object({ SecretName: Type.String(), SecretData: Type.Record(Type.String(), Type.String()) }),
      { description: "By name; POST /secret adds to them" },
    ),
    Telemetry: Type.Object({
      Interval: Type.String({
        "x-go": "duration",
        default: "30s",
        description: "How often metrics are told; 0s never",
      }),
      Metrics: Type.Record(Type.String(), Type.Boolean(), {
        description: "A metric is told when the longest key that its name starts with is true",
      }),
      Tags: Type.Record(Type.String(), Type.String(), { description: "Tags of every metric of the service" }),
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
    MaxRequestSize: Type.Integer({
      minimum: 0,
      maximum: 1_048_576,
      default: 0,
      description: "kB; a larger body is 413. 0: our own bound of 25,000 kB",
    }),
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
    CORSConfiguration: Type.Object({
      EnableCORS: Type.Boolean({ default: false, description: "Let pages of CORSAllowedOrigin in" }),
      CORSAllowCredentials: Type.Boolean({ default: false }),
      CORSAllowedOrigin: Type.String({ default: "https://localhost", description: "One origin, or * for every" }),
      CORSAllowedMethods: Type.String({ default: "GET, POST, PUT, PATCH, DELETE" }),
      CORSAllowedHeaders: Type.String({
        default: "Authorization, Accept, Accept-Language, Content-Language, Content-Type, X-Correlation-ID",
      }),
      CORSExposeHeaders: Type.String({
        default:
          "Cache-Control, Content-Language, Content-Length, Content-Type, Expires, Last-Modified, Pragma, X-Correlation-ID",
      }),
      CORSMaxAge: Type.Integer({ minimum: 0, default: 3600, description: "s" }),
    }),
  }),
  MessageBus: Type.Object({
    Protocol: Type.String({ default: "mqtt" }),
    Host: Type.String({ default: "localhost" }),
    Port: Type.Integer({ minimum: 0, maximum: 65535, default: 1883 }),
    Type: Type.String({ default: "mqtt", description: "mqtt is the only one there is" }),
    AuthMode: Type.String({ default: "none", description: "none, or usernamepassword from the secret SecretName" }),
    SecretName: Type.String({ default: "mqtt-bus" }),
    BaseTopicPrefix: Type.String({ default: "edgex", description: "First levels of every topic but edgex/configs" }),
    OptimizeEvents: Type.Boolean({
      default: false,
      description:
        "JX: readings leave out what their event says (EDGEX_OPTIMIZE_EVENT_PAYLOAD); when any service of the process says so, its broker does",
    }),
    EventsInCbor: Type.Boolean({
      default: false,
      description: "JX: CBOR for every event on the broker, likewise (EDGEX_ENCODE_ALL_EVENTS_CBOR)",
    }),
  }),
});
export type CommonConfig = Type.Static<typeof CommonConfig>;

/** Keys that always come from flag, environment or file, whatever keeper says: they decide how to find keeper and who can connect. */
export function isBootKey(key: string): boolean {
  return /^Service\/(Host|Port|ServerBindAddr|AllowedHosts)$/.test(key);
}

/** How this process listens is nothing for others to read, least of all for an EdgeX service that takes our place. */
export function isOwnKey(key: string): boolean {
  return /^Service\/(ServerBindAddr|AllowedHosts)$/.test(key);
}
