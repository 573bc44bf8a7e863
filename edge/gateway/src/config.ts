import { Type } from "@jx/contracts";

export const GatewayConfig = Type.Object({
  Service: Type.Object({
    RequestTimeout: Type.String({
      "x-go": "duration",
      default: "60s",
      description: "Switching the demo on starts a process and compiles its rules",
    }),
  }),
  Live: Type.Object({
    IntervalMs: Type.Integer({ minimum: 50, maximum: 10_000, default: 250, description: "Pause between messages" }),
    MaxReadings: Type.Integer({ minimum: 10, maximum: 50_000, default: 2_000, description: "Series per message" }),
    MaxClients: Type.Integer({ minimum: 1, maximum: 1_000, default: 32 }),
  }),
});
