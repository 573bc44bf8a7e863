import { commandContract } from "./command/contract.ts";
import type { ServiceContract } from "./contract.ts";
import { dataContract } from "./data/contract.ts";
import { deviceContract } from "./device/contract.ts";
import { keeperContract } from "./keeper/contract.ts";
import { metadataContract } from "./metadata/contract.ts";

/** Every contract, in the order in which a system starts. */
export const contracts: readonly ServiceContract[] = [
  keeperContract,
  metadataContract,
  dataContract,
  commandContract,
  deviceContract,
];
