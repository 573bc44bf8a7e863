/**
 * Changes of parts of a profile.
 * Source: go-mod-core-contracts v4 dtos/{deviceprofilebasicinfo,deviceprofiletags,deviceresource,devicecommand}.go.
 */
import { type Infer, Name, NamePointer, nullable, Type } from "../schema.ts";

/** Absent and null leave a field alone; [] and "" clear it. */
export const UpdateProfileBasicInfo = Type.Object(
  {
    id: nullable(Type.String({ "x-go": "uuid" })),
    name: nullable(Name),
    manufacturer: nullable(Type.String()),
    description: nullable(Type.String()),
    model: nullable(Type.String()),
    labels: nullable(Type.Array(Type.String())),
  },
  { "x-go": "id-or-name" },
);
export type UpdateProfileBasicInfo = Infer<typeof UpdateProfileBasicInfo>;

/** All that may change in a resource while devices use it. */
export const UpdateDeviceResource = Type.Object({
  description: nullable(Type.String()),
  name: NamePointer,
  isHidden: nullable(Type.Boolean()),
});
export type UpdateDeviceResource = Infer<typeof UpdateDeviceResource>;

export const UpdateDeviceCommand = Type.Object({ name: NamePointer, isHidden: nullable(Type.Boolean()) });
export type UpdateDeviceCommand = Infer<typeof UpdateDeviceCommand>;

/** Tags to be merged into those of a resource or command; there is no way to remove one. */
export const UpdateTags = Type.Object({
  name: Name,
  tags: Type.Record(Type.String(), Type.Unknown(), { minProperties: 1, "x-go": "required" }),
});
export type UpdateTags = Infer<typeof UpdateTags>;
