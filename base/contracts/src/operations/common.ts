import { defineTable } from "../operation.ts";
import { Name, Type } from "../schema.ts";
import { Nothing, request } from "./parts.ts";

/** Every service answers these. Source: go-mod-bootstrap bootstrap/controller/commonapi.go. */
export const commonOperations = defineTable({
  ping: {
    method: "GET",
    path: "/ping",
    summary: "Tells that the service is there, and its time",
    output: Type.Object({ timestamp: Type.String(), serviceName: Type.String() }),
    framing: "bare",
    status: 200,
    errors: [],
  },
  version: {
    method: "GET",
    path: "/version",
    summary: "The EdgeX API level that peers check; JX's own version stands in jxVersion",
    output: Type.Object({
      version: Type.String(),
      serviceName: Type.String(),
      sdk_version: Type.Optional(Type.String()),
      jxVersion: Type.Optional(Type.String()),
    }),
    framing: "bare",
    status: 200,
    errors: [],
  },
  config: {
    method: "GET",
    path: "/config",
    summary: "The configuration in force, secrets masked",
    output: Type.Object({ config: Type.Unknown(), serviceName: Type.String() }),
    framing: "bare",
    status: 200,
    errors: [],
  },
  secret: {
    method: "POST",
    path: "/secret",
    summary: "Keeps a secret of the service's own, in EdgeX's non-secure mode: below its Writable settings in keeper",
    body: request({
      secretName: Name,
      secretData: Type.Array(Type.Object({ key: Type.String(), value: Type.String() }), { minItems: 1 }),
    }),
    dto: "SecretRequest",
    refusal: "JSON decode failed",
    output: Nothing,
    framing: "single",
    status: 201,
    errors: ["ContractInvalid", "NotAllowed", "LimitExceeded", "Communication"],
  },
});
