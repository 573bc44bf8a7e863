/** Schema parts that every table uses. Source: openapi/*.yaml of EdgeX 4.x. */
import { type TProperties, Type } from "typebox";
import type { ItemResult } from "../operation.ts";
import { type Infer, Name } from "../schema.ts";

/** Adds apiVersion (required on the wire, written by the clients) and requestId to a request. */
export function request<P extends TProperties>(fields: P) {
  type Fields = Infer<Type.TObject<P>>;
  return Type.Unsafe<Fields & { readonly apiVersion?: string; readonly requestId?: string }>(
    Type.Object({ apiVersion: Type.String(), requestId: Type.Optional(Type.String({ "x-go": "uuid" })), ...fields }),
  );
}

/** A bulk body. `null` and `[]` are taken and answered 207 with `null`, as Go's nil slice is. */
export function bulk<S extends Type.TSchema>(item: S) {
  return Type.Array(item);
}

const Item = Type.Object({
  apiVersion: Type.String(),
  statusCode: Type.Integer(),
  requestId: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
});
/** Answers to a bulk request; what was added tells its id. */
export const Items = Type.Unsafe<readonly ItemResult[]>(
  Type.Array(Type.Object({ ...Item.properties, id: Type.Optional(Type.String()) })),
);
/** Of parts of a profile, which have no ids. */
export const ItemsWithoutId = Type.Unsafe<readonly ItemResult[]>(Type.Array(Item));

export const Nothing = Type.Object({});
export const NameParam = Type.Object({ name: Name });
export const IdParam = Type.Object({ id: Type.String() });

/** The service itself holds the limit against its Service.MaxResultCount, see rowsAtMost. */
export const Paging = {
  offset: Type.Integer({ minimum: 0, maximum: 2147483647, default: 0 }),
  limit: Type.Integer({ default: 20, description: "−1 to Service.MaxResultCount, which −1 stands for" }),
};
/** Core data takes offset −1: rows from 0 and no counting. */
export const PagingUncounted = { ...Paging, offset: Type.Integer({ minimum: -1, maximum: 2147483647, default: 0 }) };

export const Labels = { labels: Type.Optional(Type.Array(Type.String())) };

/** Of every list with Paging. */
export const listErrors = ["ContractInvalid", "RangeNotSatisfiable", "Storage"] as const;

export const Count = Type.Object({ count: Type.Integer() });
