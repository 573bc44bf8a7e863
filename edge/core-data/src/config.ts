import { Type } from "@jx/contracts";

/** Core data's own settings, with EdgeX's names and defaults (edgex-configuration.md §2, core-data). */
export const CoreDataConfig = Type.Object({
  Writable: Type.Object({
    PersistData: Type.Boolean({ default: true, description: "false: events are passed on and not stored" }),
    EventPurge: Type.Boolean({ default: false, description: "true: a deleted device's events are deleted with it" }),
    Telemetry: Type.Object({
      Metrics: Type.Object({
        EventsPersisted: Type.Boolean({ default: false, description: "true: told on the bus" }),
        ReadingsPersisted: Type.Boolean({ default: false, description: "true: told on the bus" }),
      }),
    }),
  }),
  MaxEventSize: Type.Integer({
    minimum: 0,
    default: 25_000,
    description: "kB of an event by REST; 0: as Service/MaxRequestSize",
  }),
  Service: Type.Object({
    MaxResultCount: Type.Integer({ minimum: 1, default: 1024 }),
  }),
  Retention: Type.Object({
    Interval: Type.String({
      "x-go": "duration",
      default: "10m",
      description: "How often old events are deleted; 0s: never",
    }),
    DefaultMaxCap: Type.Integer({
      default: -1,
      description: "Nothing of a source is deleted before it has so many events; 0 and less: no such bound",
    }),
    DefaultMinCap: Type.Integer({
      default: 1,
      description: "The newest so many of a source's old events stay; 0 and less: none",
    }),
    DefaultDuration: Type.String({
      "x-go": "duration-days",
      default: "168h",
      description: "Events older than this are deleted; 0s: any age where DefaultMaxCap bounds their number, else none",
    }),
  }),
});
