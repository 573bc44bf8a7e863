import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { AppError, messageOf } from "@jx/kit";
import { type StoreChoice, storeChoice } from "@jx/stores";
import { instanceOption } from "./instance-option.ts";
import { type KeeperOption, keeperOption } from "./keeper-option.ts";
import { optionError } from "./option-error.ts";

export type Language = "zh" | "en";

export interface EdgeOptions {
  readonly dataDir: string;
  readonly configFile: string;
  /** What all services share, as EdgeX's core-common-config-bootstrapper reads it. */
  readonly commonConfigFile: string | undefined;
  /** Somebody else's keeper, in place of our own. */
  readonly keeper: KeeperOption | undefined;
  /** Address the console listens on; loopback unless --listen says otherwise. */
  readonly listen: string | undefined;
  /** Address the EdgeX ports and the broker listen on; loopback unless --edgex-listen says otherwise. */
  readonly edgexListen: string | undefined;
  readonly allowHosts: readonly string[];
  readonly consolePort: number | undefined;
  readonly mqttPort: number;
  readonly broker: boolean;
  /** Somebody else's broker, joined in place of our own. */
  readonly outsideBroker: { readonly host: string; readonly port: number } | undefined;
  /** What --store and JX_STORE say. */
  readonly store: StoreChoice;
  /** Behind the names of the device services of this process. */
  readonly instance: string | undefined;
  readonly demo: boolean;
  readonly plantPort: number;
  /** Only these services; all when empty. */
  readonly only: readonly string[];
  /** Where the others are: key → base address. */
  readonly remote: Readonly<Record<string, string>>;
  readonly overwriteConfig: boolean;
  readonly language: Language;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws AppError ContractInvalid for an unknown option or a bad value */
export function parseOptions(args: readonly string[], environment: EdgeOptions["environment"]): EdgeOptions | "help" {
  const values = parse(args);
  if (values.help === true) return "help";
  const dataDir = resolve(values.data ?? environment.JX_DATA ?? defaultDataDir());
  const keeper = keeperOption(values.keeper, environment);
  const commonFile = emptyIsNone(values["common-config"] ?? environment.EDGEX_COMMON_CONFIG);
  return {
    dataDir,
    configFile: existing("--config", values.config) ?? join(dataDir, "config.yaml"),
    commonConfigFile: existing("--common-config (EDGEX_COMMON_CONFIG)", commonFile),
    keeper,
    listen: values.listen,
    edgexListen: values["edgex-listen"],
    allowHosts: values["allow-host"] ?? [],
    consolePort: port("--port", values.port),
    mqttPort: port("--mqtt-port", values["mqtt-port"] ?? environment.JX_MQTT_PORT) ?? 1883,
    broker: values["no-broker"] !== true,
    outsideBroker: brokerAddress(values["mqtt-broker"] ?? environment.JX_MQTT_BROKER),
    store: storeChoice(values.store ?? environment.JX_STORE),
    instance: instanceOption(values.instance, environment),
    demo: values["no-demo"] !== true,
    plantPort: port("--plant-port", values["plant-port"] ?? environment.JX_PLANT_PORT) ?? 1502,
    only: values.only ?? [],
    remote: {
      ...Object.fromEntries((values.remote ?? []).map(remotePair)),
      ...(keeper === undefined ? {} : { "core-keeper": keeper.address }),
    },
    overwriteConfig: values.overwrite === true,
    language: values.lang === undefined ? localeOf(environment) : languageOf(values.lang),
    environment,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        data: { type: "string" },
        config: { type: "string" },
        "common-config": { type: "string" },
        keeper: { type: "string" },
        listen: { type: "string" },
        "edgex-listen": { type: "string" },
        "allow-host": { type: "string", multiple: true },
        port: { type: "string" },
        "mqtt-port": { type: "string" },
        "no-broker": { type: "boolean" },
        "mqtt-broker": { type: "string" },
        store: { type: "string" },
        "no-demo": { type: "boolean" },
        "plant-port": { type: "string" },
        only: { type: "string", multiple: true },
        instance: { type: "string" },
        remote: { type: "string", multiple: true },
        overwrite: { type: "boolean" },
        lang: { type: "string" },
      },
    }).values;
  } catch (cause) {
    // Node's words; its code tells the cases apart (node:util parseArgs).
    const details = { reason: (cause as { code?: string }).code, option: /'([^']+)'/.exec(messageOf(cause))?.[1] };
    throw new AppError("ContractInvalid", messageOf(cause), { code: "command-line", details, cause });
  }
}

export function localeOf(environment: EdgeOptions["environment"]): Language {
  return languageOf(environment.JX_LANG ?? environment.LC_ALL ?? environment.LANG);
}

/** The language for what is said before the options are known to be right. */
export function wishedLanguage(args: readonly string[], environment: EdgeOptions["environment"]): Language {
  const at = args.findLastIndex((arg) => arg === "--lang" || arg.startsWith("--lang="));
  const wish = at === -1 ? undefined : (/^--lang=(.*)/.exec(args[at] ?? "")?.[1] ?? args[at + 1]);
  return wish === undefined ? localeOf(environment) : languageOf(wish);
}

export function languageOf(text: string | undefined): Language {
  return /^zh/i.test(text ?? "") ? "zh" : "en";
}

function defaultDataDir(): string {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  return existsSync(join(root, "package.json")) && existsSync(join(root, "apps"))
    ? join(root, "var", "edge")
    : "/var/lib/jx-edge";
}

/** A named file must be there; the default one is written as a template when it is not. */
function existing(option: string, path: string | undefined): string | undefined {
  if (path === undefined || existsSync(path)) return path === undefined ? undefined : resolve(path);
  throw optionError("option-file", option, path, "there is no such file");
}

function emptyIsNone(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function port(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw optionError("option-port", option, text, "it should be a port from 0 (any free one) to 65535");
}

function brokerAddress(text: string | undefined): EdgeOptions["outsideBroker"] {
  if (text === undefined) return undefined;
  const [, host, portText] = /^(?:mqtt:\/\/)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
  const number = port("--mqtt-broker", portText ?? "1883");
  if (host !== undefined && number !== undefined && number > 0)
    return { host: host.replace(/^\[|\]$/g, ""), port: number };
  throw optionError("option-broker", "--mqtt-broker", text, "write it like 192.168.1.5:1883");
}

function remotePair(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0 && /^https?:\/\//.test(text.slice(at + 1)))
    return [text.slice(0, at), text.slice(at + 1).replace(/\/$/, "")];
  throw optionError("option-remote", "--remote", text, "write it like core-metadata=http://host:59881");
}
