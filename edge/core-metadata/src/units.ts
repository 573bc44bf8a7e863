import { readFile } from "node:fs/promises";
import type { DeviceResource, UnitsOfMeasure } from "@jx/contracts";
import { AppError, messageOf } from "@jx/kit";

/** EdgeX's default for UoM.UoMFile. */
export const DEFAULT_UNITS_FILE = "./res/uom.yaml";

/** What EdgeX's own file says (edgex-go cmd/core-metadata/res/uom.yaml). */
const BUILT_IN: UnitsOfMeasure = {
  source: "reference to source for all UoM if not specified below",
  units: {
    temperature: { source: "www.weather.com", values: ["C", "F", "K"] },
    weights: {
      source: "www.usa.gov/federal-agencies/weights-and-measures-division",
      values: ["lbs", "ounces", "kilos", "grams"],
    },
  },
};

/**
 * The units of measure. No path: none, and every unit is valid. EdgeX's default path, which an EdgeX keeper may hold
 * where the file is not, stands for what EdgeX's file says.
 * @throws AppError ContractInvalid when the file cannot be read or understood; the service then does not start.
 */
export async function readUnits(path: string): Promise<UnitsOfMeasure> {
  if (path === "") return {};
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (path === DEFAULT_UNITS_FILE && (cause as { code?: string }).code === "ENOENT") return BUILT_IN;
    const message = `could not load unit of measure configuration file (${path}): ${messageOf(cause)}; UoM/UoMFile names it, "" goes without`;
    throw new AppError("ContractInvalid", message, {
      code: "units-file",
      cause,
      details: { file: path, reason: messageOf(cause) },
    });
  }
  const { parseUnitsFile } = await import("@jx/contracts/units-file");
  return parseUnitsFile(text, { file: path });
}

/** @throws AppError ContractInvalid with EdgeX's words for the first resource with a unit that is not listed. */
export function checkUnits(units: UnitsOfMeasure, resources: readonly DeviceResource[]): void {
  const groups = Object.values(units.units ?? {});
  if (groups.length === 0) return;
  const known = new Set(groups.flatMap(({ values }) => values ?? []));
  for (const { name, properties } of resources) {
    const unit = properties.units ?? "";
    if (unit === "" || known.has(unit)) continue;
    throw new AppError("ContractInvalid", `DeviceResource ${name} units ${unit} is invalid`);
  }
}
