import { AppError } from "@jx/kit";
import type { CommonConfig, ConnectOptions, Host, Hosted } from "@jx/runtime";

type Settings = CommonConfig["MessageBus"];
/** The error for one setting; the rule names what would be right to whoever words it in another language. */
type Wrong = (key: keyof Settings, value: string, right: string, rule: string) => AppError;
type Running = Pick<Host, "services">;

/** The service whose settings count for the one connection that all of this process share. */
function speaker(host: Running): Hosted | undefined {
  return host.services.find(({ key }) => key !== "core-keeper") ?? host.services[0];
}

/** What stands before every topic. */
export function baseTopic(host: Running): string | undefined {
  return speaker(host)?.config.common.MessageBus.BaseTopicPrefix;
}

/** Where the configuration says that the bus is. @throws AppError ContractInvalid for a bus of another kind */
export function messageBus(host: Running): ConnectOptions | undefined {
  const service = speaker(host);
  if (service === undefined) return undefined;
  const { Host: name, Port: port, Type, Protocol, ...rest } = service.config.common.MessageBus;
  const wrong: Wrong = (key, value, right, rule) =>
    new AppError(
      "ContractInvalid",
      `configuration ${service.key}/MessageBus/${key} is "${value}"; ${right}, or name the broker with --mqtt-broker`,
      { code: "config", details: { setting: `${service.key}/MessageBus/${key}`, value, rule } },
    );
  if (Type !== "mqtt") throw wrong("Type", Type, "mqtt is the only bus there is", "bus-type");
  if (Protocol !== "mqtt" && Protocol !== "tcp")
    throw wrong("Protocol", Protocol, "it should be mqtt or tcp, without TLS", "bus-protocol");
  return { host: name, port, ...credentials(service, rest, wrong) };
}

function credentials(
  { secrets }: Hosted,
  { AuthMode, SecretName }: Pick<Settings, "AuthMode" | "SecretName">,
  wrong: Wrong,
): Pick<ConnectOptions, "username" | "password"> {
  if (AuthMode === "none" || AuthMode === "") return {};
  if (AuthMode !== "usernamepassword")
    throw wrong("AuthMode", AuthMode, "it should be none or usernamepassword", "bus-auth");
  const secret = secrets.find(SecretName);
  const username = secret?.get("username");
  const password = secret?.get("password");
  if (username === undefined || password === undefined) {
    throw wrong(
      "SecretName",
      SecretName,
      "put username and password under that name (POST /api/v3/secret)",
      "bus-secret",
    );
  }
  return { username, password };
}
