import { Type } from "@jx/contracts";

export const RulesConfig = Type.Object({
  Writable: Type.Object({
    VerifyTimeout: Type.String({
      "x-go": "duration",
      default: "3s",
      description: "How long a written value may take to show when read back",
    }),
  }),
  Service: Type.Object({
    RequestTimeout: Type.String({
      "x-go": "duration",
      default: "60s",
      description: "The first check after a pause loads the compiler, and a large folder of rules takes its time",
    }),
  }),
  History: Type.Object({
    MaxFirings: Type.Integer({
      minimum: 100,
      maximum: 1_000_000,
      default: 10_000,
      description: "Older firings are deleted",
    }),
  }),
});
