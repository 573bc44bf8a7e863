import { type Static, type TSchema, Type } from "typebox";

/** A 64-bit integer. bigint in code, `integer` with format int64 on the wire and in OpenAPI. */
export const Int64 = Type.BigInt({ format: "int64" });

/** A name of a device, profile, resource, service …: any character, but not blank (EdgeX: validator.go, edgex-dto-none-empty-string). */
export const Name = Type.String({ pattern: "\\S", "x-go": "none-empty" });

/** The readonly view of a schema's type; services hand out values nobody may change. */
export type Infer<S extends TSchema> = Static<S>;

/** A field that may be absent or null: in a change, both leave it alone (Go's pointers). */
export function nullable<S extends TSchema>(schema: S) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** A pointer that must be there, though what it points to may be empty text as far as this rule goes. */
export const NamePointer = Type.Unsafe<string>({ anyOf: [Name, { type: "null" }], "x-go": "required" });

/** A string of a closed set. */
export function oneOf<const T extends readonly string[]>(values: T): Type.TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...values] });
}
export type { Static, TSchema };
export { Type };
