import { type Static, type TSchema, Type } from "typebox";

/** A 64-bit integer. bigint in code, `integer` with format int64 on the wire and in OpenAPI. */
export const Int64 = Type.BigInt({ format: "int64" });

/** A name of a device, profile, resource, service …: any character, but not blank (EdgeX: validator.go, edgex-dto-none-empty-string). */
export const Name = Type.String({ pattern: "\\S", "x-go": "none-empty" });

/** The readonly view of a schema's type; services hand out values nobody may change. */
export type Infer<S extends TSchema> = Static<S>;

/** A string of a closed set. */
export function oneOf<const T extends readonly string[]>(values: T): Type.TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...values] });
}
export type { Static, TSchema };
export { Type };
