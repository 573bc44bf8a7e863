import type { Flat } from "@jx/runtime";
import { optionError } from "./option-error.ts";

type Files = Readonly<Record<string, Flat>>;

/**
 * `--instance NAME`, or EdgeX's variable, which wins (device-sdk-go pkg/service/service.go): device services of this
 * process are called `device-modbus_NAME`. It becomes part of keys, topics, variables and folders.
 * @throws AppError ContractInvalid
 */
export function instanceOption(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const variable = environment.EDGEX_INSTANCE_NAME ?? "";
  const [name, text] = variable === "" ? ["--instance", option] : ["EDGEX_INSTANCE_NAME", variable];
  if (text === undefined || /^[\w-]{1,64}$/.test(text)) return text;
  throw optionError("option-name", name, text, 'it should be 1 to 64 letters, digits, "-" or "_"');
}

/** The sections of the configuration file for an instance: the service's own, and over it the one with its name. */
export function withInstance(file: Files, services: readonly string[], instance: string | undefined): Files {
  if (instance === undefined) return file;
  const sections = services.map((key) => {
    const name = `${key}_${instance}`;
    return [name, new Map([...(file[key] ?? []), ...(file[name] ?? [])])] as const;
  });
  return { ...file, ...Object.fromEntries(sections) };
}
