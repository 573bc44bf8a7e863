import { stringify } from "yaml";
import type { UnitsOfMeasure } from "../model/units.ts";
import { type Infer, Type } from "../schema.ts";
import { type FileOptions, SourceFile } from "./source.ts";

/** EdgeX's units file (edgex-go cmd/core-metadata/res/uom.yaml): the keys begin with a capital. */
const UnitsFile = Type.Object({
  Source: Type.Optional(Type.String()),
  Units: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({ Source: Type.Optional(Type.String()), Values: Type.Optional(Type.Array(Type.String())) }),
    ),
  ),
});
type UnitsFile = Infer<typeof UnitsFile>;

/** @throws AppError ContractInvalid with file, line, column and what would be right. */
export function parseUnitsFile(text: string, options: FileOptions): UnitsOfMeasure {
  const source = new SourceFile(text, options);
  const { Source, Units = {} } = source.read(UnitsFile, [], source.value) as UnitsFile;
  // In Go's order of map keys.
  const groups = Object.entries(Units).sort(([a], [b]) => (a < b ? -1 : 1));
  return given({
    source: Source,
    units: Object.fromEntries(
      groups.map(([name, { Source, Values }]) => [name, given({ source: Source, values: Values })]),
    ),
  });
}

/** Indented as gopkg.in/yaml.v3 does it. */
export function unitsToYaml({ source, units = {} }: UnitsOfMeasure): string {
  const groups = Object.entries(units).map(([name, group]) => [name, { Source: group.source, Values: group.values }]);
  const Units = groups.length === 0 ? undefined : Object.fromEntries(groups);
  return stringify(given({ Source: source, Units }), { indent: 4, lineWidth: 0 });
}

/** Without what is undefined or empty, as Go's `omitempty`. */
function given<T extends object>(fields: T): { [K in keyof T]: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && Object.keys(value).length > 0);
  return Object.fromEntries(entries) as { [K in keyof T]: NonNullable<T[K]> };
}
