import { AppError, parseDurationMs } from "@jx/kit";
import { findSecret, type LinkOptions, type LinkTls } from "@jx/runtime";
import type { CommandConfig } from "../config.ts";

const PORTS = { plain: 1883, tls: 8883 };
const PLAIN = ["tcp:", "mqtt:"];
const TLS = ["ssl:", "tls:", "mqtts:", "tcps:"];
/** Bytes; a request holds a few values, so what is larger is none. */
const MAX_PACKET = 1_048_576;

/**
 * How the outside broker is reached, of the configuration (go-mod-bootstrap, handlers/externalmqtt.go and
 * messaging/messaging.go).
 * @throws AppError ContractInvalid naming the key and what would be right
 */
export function linkOptions(config: CommandConfig): LinkOptions {
  const { ExternalMQTT: mqtt } = config;
  const { hostname, port, secure, login } = address(mqtt.Url);
  const secrets = secretsOf(config);
  const certificate = secrets.clientcert !== "" && secrets.clientkey !== "";
  if (mqtt.AuthMode === "clientcert" && !certificate) throw lacks(config, "clientcert and clientkey");
  if (mqtt.AuthMode === "cacert" && secrets.cacert === "") throw lacks(config, "cacert");
  const tls: LinkTls = {
    verify: !mqtt.SkipCertVerify,
    ...(secrets.cacert === "" ? {} : { ca: secrets.cacert }),
    ...(mqtt.AuthMode === "clientcert" ? { cert: secrets.clientcert, key: secrets.clientkey } : {}),
  };
  return {
    name: "the external MQTT broker",
    host: hostname,
    port: port === "" ? (secure ? PORTS.tls : PORTS.plain) : Number(port),
    clientId: mqtt.ClientId,
    filters: [mqtt.Topics.CommandRequestTopic, mqtt.Topics.CommandQueryRequestTopic],
    qos: mqtt.QoS as 0 | 1 | 2,
    keepAliveS: mqtt.KeepAlive,
    connectTimeoutMs: parseDurationMs(mqtt.ConnectTimeout),
    reconnect: mqtt.AutoReconnect,
    maxPacketBytes: MAX_PACKET,
    ...(secure ? { tls } : {}),
    ...(mqtt.AuthMode === "usernamepassword" ? { username: secrets.username, password: secrets.password } : {}),
    ...login,
  };
}

interface Address {
  readonly hostname: string;
  readonly port: string;
  readonly secure: boolean;
  /** What stands before the host, which wins over the secret (paho.mqtt.golang message.go). */
  readonly login: Pick<LinkOptions, "username" | "password">;
}

function address(text: string): Address {
  const url = URL.parse(text);
  const secure = TLS.includes(url?.protocol ?? "");
  if (url !== null && url.hostname !== "" && (secure || PLAIN.includes(url.protocol))) {
    const { username, password, port } = url;
    const login = {
      ...(username === "" ? {} : { username: decodeURIComponent(username) }),
      ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    };
    return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port, secure, login };
  }
  throw new AppError(
    "ContractInvalid",
    `configuration core-command/ExternalMQTT/Url is "${text}"; it should be like tcp://host:1883, or ssl://host:8883 with TLS`,
    { code: "config", details: { setting: "core-command/ExternalMQTT/Url", value: text, rule: "mqtt-url" } },
  );
}

interface Secrets {
  readonly username: string;
  readonly password: string;
  readonly cacert: string;
  readonly clientcert: string;
  readonly clientkey: string;
}

/** Without authentication EdgeX looks up no secret, not even an authority. */
function secretsOf({ ExternalMQTT, Writable }: CommandConfig): Secrets {
  const { AuthMode, SecretName } = ExternalMQTT;
  const secret = AuthMode === "none" ? new Map() : findSecret(Writable.InsecureSecrets, SecretName);
  if (secret === undefined) {
    throw new AppError(
      "ContractInvalid",
      `configuration core-command/ExternalMQTT/SecretName is "${SecretName}"; there is no such secret (POST /api/v3/secret)`,
      {
        code: "config",
        details: { setting: "core-command/ExternalMQTT/SecretName", value: SecretName, rule: "no-secret" },
      },
    );
  }
  const of = (key: keyof Secrets): string => secret.get(key) ?? "";
  return {
    username: of("username"),
    password: of("password"),
    cacert: of("cacert"),
    clientcert: of("clientcert"),
    clientkey: of("clientkey"),
  };
}

/** What of the configuration may change while the service runs, for comparing. */
export function secretText({ ExternalMQTT, Writable }: CommandConfig): string {
  return JSON.stringify([...(findSecret(Writable.InsecureSecrets, ExternalMQTT.SecretName) ?? [])]);
}

function lacks({ ExternalMQTT }: CommandConfig, what: string): AppError {
  return new AppError(
    "ContractInvalid",
    `configuration core-command/ExternalMQTT/AuthMode is "${ExternalMQTT.AuthMode}"; the secret "${ExternalMQTT.SecretName}" lacks ${what}`,
    {
      code: "config",
      details: {
        setting: "core-command/ExternalMQTT/AuthMode",
        value: ExternalMQTT.AuthMode,
        rule: "secret-lacks",
        secret: ExternalMQTT.SecretName,
        what,
      },
    },
  );
}
