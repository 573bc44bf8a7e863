/**
 * Format 1 was first written by services that put every setting into keeper, those among them that all services share.
 * Services now read the common configuration under their own settings, so such a copy would stand over it for ever.
 * Format 2 drops the copies that still say what was written by default; what somebody changed stays. The lists are what
 * was written then, and never change.
 */
const CORE = ["core-metadata", "core-data", "core-command"];
const DEVICE = ["device-virtual", "device-modbus"];
/** Their requests take 60 s, not 5: their own setting, which stays. */
const SLOW = ["rules", "gateway"];

const copies: readonly { services: readonly string[]; values: Readonly<Record<string, string>> }[] = [
  {
    services: [...CORE, ...DEVICE, ...SLOW],
    values: {
      "Service/MaxResultCount": "1024",
      "Service/MaxRequestSize": "25000",
      "Service/HealthCheckInterval": "10s",
      "Service/EnableNameFieldEscape": "false",
    },
  },
  { services: [...CORE, ...DEVICE], values: { "Service/RequestTimeout": "5s" } },
  {
    services: DEVICE,
    values: {
      "Writable/Reading/ReadingUnits": "true",
      "Device/DataTransform": "true",
      "Device/MaxCmdOps": "12800",
      "Device/AutoEvents/SendChangedReadingsOnly": "false",
    },
  },
];

/** How a process listens: never read from keeper, and nothing for an EdgeX service that takes our place. */
const LISTENING = ["Service/ServerBindAddr", "Service/AllowedHosts"];

const pairs = copies.flatMap(({ services, values }) =>
  services.flatMap((service) =>
    Object.entries(values).map(([key, value]) => `('edgex/v4/${service}/${key}', '${value}')`),
  ),
);
const listening = [...CORE, ...DEVICE, ...SLOW].flatMap((service) =>
  LISTENING.map((key) => `'edgex/v4/${service}/${key}'`),
);

export const DROP_SHARED_COPIES = `DELETE FROM entry WHERE (key, value) IN (VALUES ${pairs.join(", ")});
  DELETE FROM entry WHERE key IN (${listening.join(", ")})`;
