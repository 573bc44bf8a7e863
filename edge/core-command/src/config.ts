import { oneOf, Type } from "@jx/contracts";

const secret = Type.String({ default: "" });

/** Core command's own settings, with EdgeX's names and defaults (edgex-configuration.md §2, core-command). */
export const CommandConfig = Type.Object({
  Writable: Type.Object({
    InsecureSecrets: Type.Object({
      mqtt: Type.Object({
        SecretName: Type.String({ default: "mqtt" }),
        SecretData: Type.Object({
          username: secret,
          password: secret,
          cacert: Type.String({ default: "", description: "PEM" }),
          clientcert: Type.String({ default: "", description: "PEM" }),
          clientkey: Type.String({ default: "", description: "PEM" }),
        }),
      }),
    }),
  }),
  Service: Type.Object({
    MaxResultCount: Type.Integer({ minimum: 1, default: 1024, description: "Devices of one list at most" }),
    RequestTimeout: Type.String({
      "x-go": "duration",
      default: "5s",
      description: "How long a device service may take for a command that came over a bus",
    }),
  }),
  ExternalMQTT: Type.Object({
    Enabled: Type.Boolean({ default: false, description: "Take commands from clients of a second, outside broker" }),
    Url: Type.String({ default: "tcp://localhost:1883", description: "tcp:// or, with TLS, ssl://" }),
    ClientId: Type.String({ default: "ex-core-command" }),
    ConnectTimeout: Type.String({ "x-go": "duration", default: "5s" }),
    AutoReconnect: Type.Boolean({ default: true, description: "false: a connection that is lost stays away" }),
    KeepAlive: Type.Integer({ minimum: 0, maximum: 65_535, default: 10, description: "s" }),
    QoS: Type.Integer({ minimum: 0, maximum: 2, default: 0 }),
    Retain: Type.Boolean({ default: true, description: "The broker keeps the last answer of each topic" }),
    SkipCertVerify: Type.Boolean({ default: false, description: "Take any certificate of the broker" }),
    SecretName: Type.String({ default: "mqtt", description: "Which entry of Writable/InsecureSecrets" }),
    AuthMode: Type.Unsafe<"none" | "usernamepassword" | "clientcert" | "cacert">({
      ...oneOf(["none", "usernamepassword", "clientcert", "cacert"]),
      default: "none",
    }),
    Topics: Type.Object({
      CommandRequestTopic: Type.String({ default: "edgex/command/request/#" }),
      CommandResponseTopicPrefix: Type.String({ default: "edgex/command/response" }),
      CommandQueryRequestTopic: Type.String({ default: "edgex/commandquery/request/#" }),
      CommandQueryResponseTopic: Type.String({ default: "edgex/commandquery/response" }),
    }),
  }),
  ExternalCommand: Type.Object({
    MaxConcurrentRequests: Type.Integer({
      default: 32,
      description: "Requests from outside under way at once, more are told that core command is busy; 0: 32",
    }),
  }),
});
export type CommandConfig = Type.Static<typeof CommandConfig>;
