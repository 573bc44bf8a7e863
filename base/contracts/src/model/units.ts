import { type Infer, Type } from "../schema.ts";

/** Units that profiles may use, in groups such as "temperature". Source: edgex-go internal/core/metadata/uom/uom.go. */
export const UnitsOfMeasure = Type.Object({
  /** Where the groups without a source of their own are taken from. */
  source: Type.Optional(Type.String()),
  units: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({ source: Type.Optional(Type.String()), values: Type.Optional(Type.Array(Type.String())) }),
    ),
  ),
});
export type UnitsOfMeasure = Infer<typeof UnitsOfMeasure>;
