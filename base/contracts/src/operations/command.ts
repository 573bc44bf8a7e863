import { defineTable } from "../operation.ts";
import { Type } from "../schema.ts";
import { deviceOperations } from "./device.ts";
import { NameParam, Paging } from "./parts.ts";

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
  set: { ...deviceOperations.set, refusal: deviceOperations.set.bodyProblem },
});
export type CommandOperations = typeof commandOperations;
