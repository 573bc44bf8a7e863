/**
 * The topic tree (go-mod-core-contracts common/constants.go; edgex-wire.md §2). Builders take names as they are in the
 * model; escaping happens in wire/names.ts, at one place, when EnableNameFieldEscape is on.
 */
export const BASE_TOPIC = "edgex";

/** A name as one level of a topic whose reader decodes it: what would end the level, or is forbidden in MQTT, is escaped. */
function level(name: string): string {
  return name.replace(/[%/+#]/g, encodeURIComponent);
}

export const topics = {
  deviceEvent: (service: string, profile: string, device: string, source: string): string =>
    `${BASE_TOPIC}/events/device/${service}/${profile}/${device}/${source}`,
  coreEvent: (service: string, profile: string, device: string, source: string): string =>
    `${BASE_TOPIC}/events/core/${service}/${profile}/${device}/${source}`,
  systemEvent: (type: string, action: string, owner: string, profile?: string): string =>
    `${BASE_TOPIC}/system-events/core-metadata/${type}/${action}/${owner}${profile === undefined || profile === "" ? "" : `/${profile}`}`,
  configChange: (key: string): string => `${BASE_TOPIC}/configs/${key}`,
  validateDevice: (service: string): string => `${BASE_TOPIC}/${service}/validate/device`,
  /** Names that a level cannot hold are percent-encoded here already: EdgeX's device services decode both. */
  deviceCommand: (service: string, device: string, command: string, method: string): string =>
    `${BASE_TOPIC}/device/command/request/${service}/${level(device)}/${level(command)}/${method}`,
  /** How far a discovery or a profile scan has come. */
  progress: (service: string, action: "discovery" | "profilescan"): string =>
    `${BASE_TOPIC}/system-events/${service}/device/${action}/${service}`,
  response: (service: string, requestId: string): string => `${BASE_TOPIC}/response/${service}/${requestId}`,
  telemetry: (service: string, metric: string): string => `${BASE_TOPIC}/telemetry/${service}/${metric}`,
  firing: (rule: string): string => `${BASE_TOPIC}/jx/firings/${rule}`,
  /** Core metadata is on the bus, again or for the first time, and what it told before may be lost. */
  metadataBack: `${BASE_TOPIC}/jx/back/core-metadata`,
} as const;

export const filters = {
  deviceEvents: `${BASE_TOPIC}/events/device/#`,
  allEvents: `${BASE_TOPIC}/events/#`,
  systemEvents: `${BASE_TOPIC}/system-events/core-metadata/#`,
  configChanges: `${BASE_TOPIC}/configs/#`,
  firings: `${BASE_TOPIC}/jx/firings/#`,
  commandRequests: `${BASE_TOPIC}/core/command/request/#`,
  commandQueries: `${BASE_TOPIC}/core/commandquery/request/#`,
  deviceCommands: (service: string): string => `${BASE_TOPIC}/device/command/request/${service}/#`,
  everything: `${BASE_TOPIC}/#`,
} as const;

/**
 * What metadata tells the bus after a change, and a device service about its discovery.
 * Source: go-mod-core-contracts dtos/system_event.go.
 */
export interface SystemEvent {
  readonly apiVersion: string;
  readonly type: "device" | "deviceprofile" | "deviceservice" | "provisionwatcher";
  readonly action: "add" | "update" | "delete" | "discovery" | "profilescan";
  readonly source: string;
  readonly owner: string;
  readonly tags: null;
  readonly details: unknown;
  /** ns since 1970. */
  readonly timestamp: bigint;
}
