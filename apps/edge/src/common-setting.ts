import { COMMON_CONFIG, environmentName, type Flat } from "@jx/runtime";

export interface SettingSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration file: section → flat values. */
  readonly file: Readonly<Record<string, Flat>>;
  /** One service runs, and EdgeX's names need no prefix. */
  readonly alone: boolean;
}

/** A setting of all services, as environment or file give it before there is a keeper. */
export function commonSetting(key: string, { environment, file, alone }: SettingSources): string | undefined {
  const common = `all-services/${key}`;
  return (
    environment[environmentName(common)] ??
    (alone ? environment[environmentName(key)] : undefined) ??
    file[COMMON_CONFIG]?.get(common) ??
    file["all"]?.get(key)
  );
}
