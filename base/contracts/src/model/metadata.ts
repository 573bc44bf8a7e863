/**
 * Device services, profiles and devices as EdgeX 4.x has them.
 * Source: go-mod-core-contracts v4 dtos/{device,deviceprofile,deviceresource,devicecommand,deviceservice}.go; openapi/core-metadata.yaml.
 * Go omits empty fields, so nearly everything is optional on the wire.
 */
import { type Infer, Name, nullable, oneOf, Type } from "../schema.ts";

export const AdminState = oneOf(["LOCKED", "UNLOCKED"]);
export const OperatingState = oneOf(["UP", "DOWN", "UNKNOWN"]);
const readWrites = oneOf(["R", "W", "RW", "WR"]);
export const ReadWrite = Type.Unsafe<Infer<typeof readWrites>>({ ...readWrites, "x-go": "required" });

const StringMap = Type.Record(Type.String(), Type.String());
const AnyMap = Type.Record(Type.String(), Type.Unknown());
const Labels = Type.Array(Type.String());
const Id = Type.Optional(Type.String({ "x-go": "uuid" }));
/** ms since 1970. */
const Stamps = { created: Type.Optional(Type.Integer()), modified: Type.Optional(Type.Integer()) };

export const ResourceProperties = Type.Object({
  valueType: Type.String({ "x-go": "value-type" }),
  readWrite: ReadWrite,
  units: Type.Optional(Type.String()),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  defaultValue: Type.Optional(Type.String()),
  mask: Type.Optional(Type.Integer({ minimum: 0, "x-go": "uint" })),
  shift: Type.Optional(Type.Integer()),
  scale: Type.Optional(Type.Number()),
  offset: Type.Optional(Type.Number()),
  base: Type.Optional(Type.Number()),
  assertion: Type.Optional(Type.String()),
  mediaType: Type.Optional(Type.String()),
  optional: Type.Optional(AnyMap),
});
export type ResourceProperties = Infer<typeof ResourceProperties>;

export const DeviceResource = Type.Object({
  name: Name,
  description: Type.Optional(Type.String()),
  isHidden: Type.Optional(Type.Boolean()),
  properties: ResourceProperties,
  attributes: Type.Optional(AnyMap),
  tags: Type.Optional(AnyMap),
});
export type DeviceResource = Infer<typeof DeviceResource>;

export const ResourceOperation = Type.Object({
  deviceResource: Type.String(),
  defaultValue: Type.Optional(Type.String()),
  mappings: Type.Optional(StringMap),
});
export type ResourceOperation = Infer<typeof ResourceOperation>;

export const DeviceCommand = Type.Object({
  name: Name,
  isHidden: Type.Optional(Type.Boolean()),
  readWrite: ReadWrite,
  resourceOperations: Type.Array(ResourceOperation, { minItems: 1 }),
  tags: Type.Optional(AnyMap),
});
export type DeviceCommand = Infer<typeof DeviceCommand>;

/** A profile without what it describes. */
export const ProfileBasicInfo = Type.Object({
  id: Id,
  ...Stamps,
  name: Name,
  manufacturer: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  labels: Type.Optional(Labels),
  linkedDeviceCount: Type.Optional(Type.Integer()),
});
export type ProfileBasicInfo = Infer<typeof ProfileBasicInfo>;

export const DeviceProfile = Type.Object({
  ...ProfileBasicInfo.properties,
  deviceResources: Type.Optional(Type.Array(DeviceResource)),
  deviceCommands: Type.Optional(Type.Array(DeviceCommand)),
  apiVersion: Type.Optional(Type.String()),
});
export type DeviceProfile = Infer<typeof DeviceProfile>;

export const AutoEvent = Type.Object({
  interval: Type.String({ "x-go": "duration", "x-minimum": "1ms" }),
  onChange: Type.Optional(Type.Boolean()),
  onChangeThreshold: Type.Optional(Type.Number({ minimum: 0 })),
  sourceName: Type.String(),
  retention: Type.Optional(
    Type.Object({
      maxCap: Type.Optional(Type.Integer()),
      minCap: Type.Optional(Type.Integer()),
      duration: Type.Optional(Type.String({ "x-go": "duration", "x-minimum": "0s" })),
    }),
  ),
});
export type AutoEvent = Infer<typeof AutoEvent>;

/** protocol name → property → value. EdgeX writes strings; 4.x takes any JSON value. */
export const Protocols = Type.Record(Type.String(), AnyMap);
export type Protocols = Infer<typeof Protocols>;

/** The fields stand in the order of the Go struct: that of the messages about them. */
export const Device = Type.Object({
  id: Id,
  ...Stamps,
  name: Name,
  parent: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  adminState: AdminState,
  operatingState: OperatingState,
  labels: Type.Optional(Labels),
  location: Type.Optional(Type.Unknown()),
  serviceName: Name,
  profileName: Type.Optional(Type.String()),
  autoEvents: Type.Optional(Type.Array(AutoEvent)),
  protocols: Protocols,
  tags: Type.Optional(AnyMap),
  properties: Type.Optional(AnyMap),
});
export type Device = Infer<typeof Device>;

/** A partial device: absent and null leave the field alone; [], {} and "" clear it. */
export const UpdateDevice = Type.Object(
  {
    id: nullable(Type.String({ "x-go": "uuid" })),
    name: nullable(Name),
    description: nullable(Type.String()),
    parent: nullable(Type.String()),
    adminState: nullable(AdminState),
    operatingState: nullable(OperatingState),
    serviceName: nullable(Name),
    profileName: nullable(Type.String()),
    labels: nullable(Labels),
    location: Type.Optional(Type.Unknown()),
    autoEvents: nullable(Type.Array(AutoEvent)),
    protocols: nullable(Protocols),
    tags: nullable(AnyMap),
    properties: nullable(AnyMap),
  },
  { "x-go": "id-or-name" },
);
export type UpdateDevice = Infer<typeof UpdateDevice>;

export const DeviceService = Type.Object({
  id: Id,
  ...Stamps,
  name: Name,
  description: Type.Optional(Type.String()),
  labels: Type.Optional(Labels),
  baseAddress: Type.String({ "x-go": "uri" }),
  adminState: AdminState,
  properties: Type.Optional(AnyMap),
});
export type DeviceService = Infer<typeof DeviceService>;

export const UpdateDeviceService = Type.Object(
  {
    id: nullable(Type.String({ "x-go": "uuid" })),
    name: nullable(Name),
    description: nullable(Type.String()),
    baseAddress: nullable(Type.String({ "x-go": "uri" })),
    labels: nullable(Labels),
    adminState: nullable(AdminState),
    properties: nullable(AnyMap),
  },
  { "x-go": "id-or-name" },
);
export type UpdateDeviceService = Infer<typeof UpdateDeviceService>;

const FoundProfile = Type.String({ "x-go": "empty-or-text" });

/** What a find of a device service must look like to become a device: patterns over the properties of one protocol. */
export const ProvisionWatcher = Type.Object({
  id: Id,
  ...Stamps,
  name: Name,
  serviceName: Name,
  labels: Type.Optional(Labels),
  identifiers: Type.Record(Type.String(), Type.String({ "x-go": "required" }), { minProperties: 1 }),
  blockingIdentifiers: Type.Optional(Type.Record(Type.String(), Labels)),
  adminState: AdminState,
  discoveredDevice: Type.Object({
    profileName: Type.Optional(FoundProfile),
    adminState: AdminState,
    autoEvents: Type.Optional(Type.Array(AutoEvent)),
    properties: Type.Optional(AnyMap),
  }),
});
export type ProvisionWatcher = Infer<typeof ProvisionWatcher>;

export const UpdateProvisionWatcher = Type.Object(
  {
    id: nullable(Type.String({ "x-go": "uuid" })),
    name: nullable(Name),
    serviceName: nullable(Name),
    labels: nullable(Labels),
    identifiers: nullable(ProvisionWatcher.properties.identifiers),
    blockingIdentifiers: nullable(Type.Record(Type.String(), Labels)),
    adminState: nullable(AdminState),
    discoveredDevice: Type.Optional(
      Type.Object({
        profileName: nullable(FoundProfile),
        adminState: nullable(AdminState),
        autoEvents: nullable(Type.Array(AutoEvent)),
        properties: nullable(AnyMap),
      }),
    ),
  },
  { "x-go": "id-or-name" },
);
export type UpdateProvisionWatcher = Infer<typeof UpdateProvisionWatcher>;
