import { Type } from "@jx/contracts";

export const RulesConfig = Type.Object({
  Writable: Type.Object({
    VerifyTimeout: Type.String({
      default: "3s",
      description: "How long a written value may take to show when read back",
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
