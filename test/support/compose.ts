/** deploy/compose.yaml as tests read it: which services of ours it starts, with which arguments and variables. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export const DEPLOY: URL = new URL("../../deploy/", import.meta.url);

export interface ComposeService {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly mem_limit?: string;
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export function readCompose(): Compose {
  return parse(readFileSync(new URL("compose.yaml", DEPLOY), "utf8"), { merge: true }) as Compose;
}

/** The services on our image, in the order of the file, which is that of their dependencies. */
export function ourServices({ services }: Compose): readonly (readonly [key: string, service: ComposeService])[] {
  return Object.entries(services).filter(([, { image = "" }]) => image.includes("jx-edge"));
}
