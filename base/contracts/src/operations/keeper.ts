import { defineTable } from "../operation.ts";
import { Name, Type } from "../schema.ts";
import { Nothing, request } from "./parts.ts";

const KeyParam = Type.Object({ key: Type.String() });
/** Capital C and M: Go prints the embedded stamps so (edgex-configuration.md §3). Value is base64 unless plaintext. */
export const KeyValue = Type.Object({
  key: Type.String(),
  Created: Type.Integer(),
  Modified: Type.Integer(),
  value: Type.String(),
});
export type KeyValue = Type.Static<typeof KeyValue>;

export const RegistrationStatus = ["UP", "DOWN", "UNKNOWN", "HALT"] as const;

const HealthCheck = Type.Object({
  interval: Type.String({ "x-go": "duration" }),
  path: Type.String(),
  type: Type.String(),
});
export const Registration = Type.Object({
  created: Type.Optional(Type.Integer()),
  modified: Type.Optional(Type.Integer()),
  serviceId: Type.String(),
  status: Type.Optional(Type.String()),
  host: Type.String(),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  /** Capital H on the wire: the `,inline` tag of the Go struct is void on a named field (edgex-wire.md §3). */
  HealthCheck: HealthCheck,
});
export type Registration = Type.Static<typeof Registration>;

const RegistrationBody = request({ registration: Registration });

/** Keeper: settings and registry. Source: openapi/core-keeper.yaml; edgex-configuration.md §3. */
export const keeperOperations = defineTable({
  getKey: {
    method: "GET",
    path: "/kvs/key/{key*}",
    summary: "A key, or every key under a prefix",
    params: KeyParam,
    query: Type.Object({ keyOnly: Type.Boolean({ default: false }), plaintext: Type.Boolean({ default: false }) }),
    output: Type.Object({ response: Type.Unsafe<readonly KeyValue[] | readonly string[]>(Type.Array(KeyValue)) }),
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "NotFound", "Storage"],
  },
  putKey: {
    method: "PUT",
    path: "/kvs/key/{key*}",
    summary: "Sets a key; flatten spreads an object over one key per scalar",
    params: KeyParam,
    query: Type.Object({ flatten: Type.Boolean({ default: false }) }),
    body: Type.Object({ value: Type.Optional(Type.Unknown()) }),
    dto: "UpdateKeysRequest",
    withoutId: true,
    output: Type.Object({ response: Type.Array(Type.String()) }),
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "Storage"],
  },
  deleteKey: {
    method: "DELETE",
    path: "/kvs/key/{key*}",
    summary: "Deletes a key, or with prefixMatch every key under it",
    params: KeyParam,
    query: Type.Object({ prefixMatch: Type.Boolean({ default: false }) }),
    output: Type.Object({ response: Type.Array(Type.String()) }),
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "NotFound", "StatusConflict", "Storage"],
  },
  register: {
    method: "POST",
    path: "/registry",
    summary: "Registers a service",
    body: RegistrationBody,
    dto: "AddRegistrationRequest",
    withoutId: true,
    output: Type.Object({ serviceName: Type.String() }),
    framing: "single",
    status: 201,
    errors: ["ContractInvalid", "DuplicateName", "Storage"],
  },
  updateRegistration: {
    method: "PUT",
    path: "/registry",
    summary: "Changes a registration",
    body: RegistrationBody,
    dto: "AddRegistrationRequest",
    withoutId: true,
    output: Nothing,
    framing: "empty",
    status: 204,
    errors: ["ContractInvalid", "NotFound", "Storage"],
  },
  allRegistrations: {
    method: "GET",
    path: "/registry/all",
    summary: "All registered services",
    query: Type.Object({ deregistered: Type.Boolean({ default: false }) }),
    output: Type.Object({ totalCount: Type.Integer(), registrations: Type.Array(Registration) }),
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "Storage"],
  },
  registrationById: {
    method: "GET",
    path: "/registry/serviceId/{serviceId}",
    summary: "One registered service",
    params: Type.Object({ serviceId: Name }),
    output: Type.Object({ registration: Registration }),
    framing: "single",
    status: 200,
    errors: ["NotFound", "Storage"],
  },
  deregister: {
    method: "DELETE",
    path: "/registry/serviceId/{serviceId}",
    summary: "Removes a registration",
    params: Type.Object({ serviceId: Name }),
    output: Nothing,
    framing: "empty",
    status: 204,
    errors: ["NotFound", "Storage"],
  },
});
export type KeeperOperations = typeof keeperOperations;
