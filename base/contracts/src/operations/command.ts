import { EventSchema } from "../model/event-schema.ts";
import { defineTable } from "../operation.ts";
import { Name, Type } from "../schema.ts";
import { NameParam, Nothing, Paging } from "./parts.ts";

const CommandParams = Type.Object({ name: Name, command: Name });
/** ds-* steer the SDK (edgex-device-sdk.md §2); strings, because EdgeX gives a message of its own for wrong ones. */
const GetQuery = Type.Object({
  "ds-pushevent": Type.String({ default: "false" }),
  "ds-returnevent": Type.String({ default: "true" }),
  "ds-regexcmd": Type.String({ default: "true" }),
});
/** null: no event was asked for; the answer is an empty 200. */
const EventAnswer = Type.Unsafe<{ readonly event: Type.Static<typeof EventSchema> } | null>(
  Type.Object({ event: EventSchema }),
);
/** resource name → value. */
const Settings = Type.Record(Type.String(), Type.Unknown());

const commandErrors = [
  "ContractInvalid",
  "NotFound",
  "NotAllowed",
  "ServiceLocked",
  "ServerError",
  "ServiceUnavailable",
] as const;

/** The commands of a device service. Source: openapi/device-sdk.yaml; edgex-device-sdk.md §2. */
export const deviceOperations = defineTable({
  get: {
    method: "GET",
    path: "/device/name/{name}/{command}",
    summary: "Reads a resource, a device command, or every resource that a pattern matches",
    params: CommandParams,
    query: GetQuery,
    output: EventAnswer,
    framing: "single",
    status: 200,
    errors: commandErrors,
    wire: "device-event-answer",
  },
  set: {
    method: "PUT",
    path: "/device/name/{name}/{command}",
    summary: "Writes a resource or a device command",
    params: CommandParams,
    body: Settings,
    output: Nothing,
    framing: "single",
    status: 200,
    errors: commandErrors,
  },
});
export type DeviceOperations = typeof deviceOperations;

const CoreCommand = Type.Object({
  name: Type.String(),
  get: Type.Optional(Type.Boolean()),
  set: Type.Optional(Type.Boolean()),
  path: Type.String(),
  url: Type.String(),
  parameters: Type.Array(Type.Object({ resourceName: Type.String(), valueType: Type.String() })),
});
export const DeviceCoreCommand = Type.Object({
  deviceName: Type.String(),
  profileName: Type.String(),
  coreCommands: Type.Array(CoreCommand),
});
export type DeviceCoreCommand = Type.Static<typeof DeviceCoreCommand>;

/** Core command. Source: openapi/core-command.yaml; edgex-behaviour.md §3. */
export const commandOperations = defineTable({
  allCommands: {
    method: "GET",
    path: "/device/all",
    summary: "The commands of all devices",
    query: Type.Object(Paging),
    output: Type.Object({
      totalCount: Type.Integer(),
      deviceCoreCommands: Type.Unsafe<readonly DeviceCoreCommand[] | null>(Type.Array(DeviceCoreCommand)),
    }),
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "RangeNotSatisfiable", "ServiceUnavailable"],
  },
  commandsByDevice: {
    method: "GET",
    path: "/device/name/{name}",
    summary: "The commands of one device",
    params: NameParam,
    output: Type.Object({ deviceCoreCommand: DeviceCoreCommand }),
    framing: "single",
    status: 200,
    errors: ["NotFound", "ServiceUnavailable"],
  },
  get: { ...deviceOperations.get, wire: "event-answer" },
  set: deviceOperations.set,
});
export type CommandOperations = typeof commandOperations;
