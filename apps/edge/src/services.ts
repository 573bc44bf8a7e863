import { coreCommand } from "@jx/core-command";
import { coreData } from "@jx/core-data";
import { coreKeeper } from "@jx/core-keeper";
import { coreMetadata } from "@jx/core-metadata";
import { deviceModbus } from "@jx/device-modbus";
import { instanceOf } from "@jx/device-sdk";
import { deviceVirtual } from "@jx/device-virtual";
import { AppError } from "@jx/kit";
import { rules } from "@jx/rules";
import type { EdgeOptions } from "./options.ts";

export const deviceServices = [deviceVirtual, deviceModbus] as const;
/** The services that keep their tables where --store says. */
const KEEP_TABLES = [coreKeeper, coreMetadata, coreData] as const;
const SERVICES: readonly string[] = [
  ...[...KEEP_TABLES, coreCommand, rules, ...deviceServices].map(({ key }) => key),
  "gateway",
];

/** What of the edge runs in this process. */
export interface Selection {
  wanted(key: string): boolean;
  /** One service and no other: EdgeX's variables of a service that runs alone count for it. */
  readonly alone: boolean;
  /** The device services that run, under the names that --instance gives them. */
  readonly devices: readonly (typeof deviceServices)[number][];
  /** A service runs here that keeps its tables where --store says. */
  readonly keepsTables: boolean;
  /** A service runs here that keeps something: the firings of rules are in a file wherever the tables are. */
  readonly keepsAnything: boolean;
  /** Every name that a section of the configuration file may have for a service. */
  readonly names: readonly string[];
}

/** @throws AppError ContractInvalid for --only with a name that is none, or that --keeper excludes */
export function selectServices({ only, keeper, instance }: EdgeOptions): Selection {
  const unknown = only.find((key) => !SERVICES.includes(key));
  if (unknown !== undefined) {
    const text = `--only ${unknown}: there is no such service; there are ${SERVICES.join(", ")}`;
    throw new AppError("ContractInvalid", text, { code: "only-unknown", details: { name: unknown, known: SERVICES } });
  }
  if (keeper !== undefined && only.includes("core-keeper")) {
    const text = `--only core-keeper, but keeper is ${keeper.address} (--keeper, EDGEX_CONFIG_PROVIDER); leave out one`;
    throw new AppError("ContractInvalid", text, { code: "only-keeper", details: { address: keeper.address } });
  }
  const wanted = (key: string): boolean =>
    only.length === 0 ? key !== "core-keeper" || keeper === undefined : only.includes(key);
  const named = deviceServices.map((service) => ({
    kind: service.key,
    service: instance === undefined ? service : instanceOf(service, instance),
  }));
  return {
    wanted,
    alone: only.length === 1,
    devices: named.filter(({ kind }) => wanted(kind)).map(({ service }) => service),
    keepsTables: KEEP_TABLES.some(({ key }) => wanted(key)),
    keepsAnything: [...KEEP_TABLES, rules].some(({ key }) => wanted(key)),
    names: [...new Set([...SERVICES, ...named.map(({ service }) => service.key)])],
  };
}
