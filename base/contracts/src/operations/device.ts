import { EventSchema } from "../model/event-schema.ts";
import { defineTable } from "../operation.ts";
import { Name, Type } from "../schema.ts";
import { NameParam, Nothing, request } from "./parts.ts";

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

const BODY_PROBLEM = "failed to parse request body";

const commandErrors = [
  "ContractInvalid",
  "NotFound",
  "NotAllowed",
  "ServiceLocked",
  "ServerError",
  "ServiceUnavailable",
] as const;

/** Discovery and profile scan go on after the answer; how far they are, the bus tells (topics.progress). */
const Triggered = Type.Object({ requestId: Type.String(), message: Type.String() });
/** Query keys are the driver's options. */
const Stopped = Type.Object({ requestId: Type.Optional(Type.String()) });
const ProfileScanRequest = request({
  deviceName: Type.String({ minLength: 1, "x-go": "required" }),
  profileName: Type.Optional(Type.String()),
  options: Type.Optional(Type.Unknown()),
});

/** A device service: commands, discovery, profile scan. Source: openapi/device-sdk.yaml; edgex-device-sdk.md §2. */
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
    bodyProblem: BODY_PROBLEM,
    output: Nothing,
    framing: "single",
    status: 200,
    errors: commandErrors,
  },
  discover: {
    method: "POST",
    path: "/discovery",
    summary: "Looks for devices; what a provision watcher wants is added",
    output: Triggered,
    framing: "single",
    status: 202,
    errors: ["ServiceLocked", "NotImplemented", "ServiceUnavailable"],
  },
  stopDiscovery: {
    method: "DELETE",
    path: "/discovery",
    summary: "Stops the discovery that runs",
    output: Stopped,
    framing: "single",
    status: 200,
    errors: ["NotImplemented"],
  },
  stopDiscoveryById: {
    method: "DELETE",
    path: "/discovery/requestId/{requestId}",
    summary: "Stops the discovery of that request",
    params: Type.Object({ requestId: Type.String() }),
    output: Stopped,
    framing: "single",
    status: 200,
    errors: ["NotFound", "NotImplemented"],
  },
  scanProfile: {
    method: "POST",
    path: "/profilescan",
    summary: "Asks a device for what it has, and makes a profile of it",
    body: ProfileScanRequest,
    dto: "ProfileScanRequest",
    withoutId: true,
    bodyProblem: BODY_PROBLEM,
    output: Triggered,
    framing: "single",
    status: 202,
    errors: ["ContractInvalid", "NotFound", "StatusConflict", "ServiceLocked", "NotImplemented"],
  },
  stopScan: {
    method: "DELETE",
    path: "/profilescan/device/name/{name}",
    summary: "Stops the profile scan of a device",
    params: NameParam,
    output: Nothing,
    framing: "single",
    status: 200,
    errors: ["NotFound", "ServiceLocked", "NotImplemented"],
  },
});
export type DeviceOperations = typeof deviceOperations;
