import { optionError } from "./option-error.ts";

/** An EdgeX keeper elsewhere, which has configuration and registry. */
export interface KeeperOption {
  /** "http://edgex-core-keeper:59890". */
  readonly address: string;
  /** How long a start waits for it, and between two looks. */
  readonly durationMs: number;
  readonly intervalMs: number;
}

/**
 * `--keeper URL`, or EdgeX's variable, in which the kind of provider stands before the URL and "none" means none
 * (go-mod-bootstrap bootstrap/environment/variables.go). The option wins, as every option does over the environment.
 * @throws AppError ContractInvalid
 */
export function keeperOption(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): KeeperOption | undefined {
  const variable = environment.EDGEX_CONFIG_PROVIDER;
  const address = option === undefined ? fromVariable(variable) : addressOf("--keeper", option);
  if (address === undefined) return undefined;
  return {
    address,
    durationMs: seconds("EDGEX_STARTUP_DURATION", environment, 60) * 1_000,
    intervalMs: seconds("EDGEX_STARTUP_INTERVAL", environment, 1) * 1_000,
  };
}

function fromVariable(text: string | undefined): string | undefined {
  if (text === undefined || text === "" || text === "none") return undefined;
  return addressOf("EDGEX_CONFIG_PROVIDER", text);
}

function addressOf(name: string, text: string): string {
  const url = text.replace(/^keeper\./, "");
  if (/^https?:\/\/[^/?#\s]+\/?$/.test(url) && URL.canParse(url)) return url.replace(/\/$/, "");
  throw optionError("option-keeper", name, text, "write it like keeper.http://edgex-core-keeper:59890");
}

function seconds(name: string, environment: Readonly<Record<string, string | undefined>>, byDefault: number): number {
  const text = environment[name];
  if (text === undefined || text === "") return byDefault;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw optionError("option-seconds", name, text, "it should be whole seconds, from 1 on");
}
