import { DeviceCommand, DeviceResource } from "../model/metadata.ts";
import {
  UpdateDeviceCommand,
  UpdateDeviceResource,
  UpdateProfileBasicInfo,
  UpdateTags,
} from "../model/profile-changes.ts";
import { defineTable } from "../operation.ts";
import { Name, Type } from "../schema.ts";
import { bulk, ItemsWithoutId, NameParam, Nothing, request } from "./parts.ts";

const Tags = Type.Optional(Type.Array(UpdateTags));

/** Changes of parts of a device profile. */
export const metadataProfileChanges = defineTable({
  updateProfileBasicInfos: {
    method: "PATCH",
    path: "/deviceprofile/basicinfo",
    summary: "Changes manufacturer, model, description and labels of profiles",
    body: bulk(request({ basicinfo: UpdateProfileBasicInfo })),
    dto: "DeviceProfileBasicInfoRequest",
    output: ItemsWithoutId,
    framing: "multi",
    status: 207,
    errors: ["ContractInvalid", "Storage"],
  },
  // That the answer has the request's requestId, as those of other changes have, is *unverified*: of EdgeX's handler, new in
  // 4.1, no source was at hand.
  mergeProfileTags: {
    method: "PATCH",
    path: "/deviceprofile/name/{name}/tags",
    summary: "Adds to the tags of a profile's resources and commands",
    params: NameParam,
    body: request({ deviceResources: Tags, deviceCommands: Tags }),
    dto: "DeviceProfileTagsRequest",
    output: Nothing,
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "NotFound", "Storage"],
  },
  addResources: {
    method: "POST",
    path: "/deviceprofile/resource",
    summary: "Adds resources to profiles",
    body: bulk(request({ profileName: Name, resource: DeviceResource })),
    dto: "AddDeviceResourceRequest",
    output: ItemsWithoutId,
    framing: "multi",
    status: 207,
    errors: ["ContractInvalid", "Storage"],
  },
  updateResources: {
    method: "PATCH",
    path: "/deviceprofile/resource",
    summary: "Changes description and visibility of resources",
    body: bulk(request({ profileName: Name, resource: UpdateDeviceResource })),
    dto: "UpdateDeviceResourceRequest",
    output: ItemsWithoutId,
    framing: "multi",
    status: 207,
    errors: ["ContractInvalid", "Storage"],
  },
  deleteResource: {
    method: "DELETE",
    path: "/deviceprofile/name/{name}/resource/{resourceName}",
    summary: "Deletes a resource of a profile that no device uses",
    params: Type.Object({ name: Name, resourceName: Name }),
    output: Nothing,
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "NotFound", "StatusConflict", "ServiceLocked", "Storage"],
  },
  addCommands: {
    method: "POST",
    path: "/deviceprofile/deviceCommand",
    summary: "Adds commands to profiles",
    body: bulk(request({ profileName: Name, deviceCommand: DeviceCommand })),
    dto: "AddDeviceCommandRequest",
    output: ItemsWithoutId,
    framing: "multi",
    status: 207,
    errors: ["ContractInvalid", "Storage"],
  },
  updateCommands: {
    method: "PATCH",
    path: "/deviceprofile/deviceCommand",
    summary: "Changes the visibility of commands",
    body: bulk(request({ profileName: Name, deviceCommand: UpdateDeviceCommand })),
    dto: "UpdateDeviceCommandRequest",
    output: ItemsWithoutId,
    framing: "multi",
    status: 207,
    errors: ["ContractInvalid", "Storage"],
  },
  deleteCommand: {
    method: "DELETE",
    path: "/deviceprofile/name/{name}/deviceCommand/{commandName}",
    summary: "Deletes a command of a profile that no device uses",
    params: Type.Object({ name: Name, commandName: Name }),
    output: Nothing,
    framing: "single",
    status: 200,
    errors: ["NotFound", "StatusConflict", "ServiceLocked", "Storage"],
  },
});
