import { Type } from "@jx/contracts";

/** Core data's own settings, with EdgeX's names and defaults (edgex-configuration.md §2, core-data). */
export const CoreDataConfig = Type.Object({
  Writable: Type.Object({
    PersistData: Type.Boolean({ default: true, description: "false: events are passed on and not stored" }),
  }),
  Service: Type.Object({
    MaxResultCount: Type.Integer({ minimum: 1, default: 1024 }),
  }),
  Retention: Type.Object({
    Interval: Type.String({
      "x-go": "duration",
      default: "10m",
      description: "How often old events are deleted; 0s never",
    }),
    DefaultDuration: Type.String({
      "x-go": "duration",
      default: "168h",
      description: "Events older than this are deleted; 0s none",
    }),
  }),
});
