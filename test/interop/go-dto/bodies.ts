/** Request bodies with every field that the DTOs know, and ways to spoil them. */
import { keeperOperations, metadataOperations, type Operation } from "@jx/contracts";

const id = "3e7a0000-0000-4000-8000-000000000000";

const device = {
  name: "d",
  id,
  parent: "p",
  description: "x",
  adminState: "UNLOCKED",
  operatingState: "UP",
  labels: ["a"],
  location: { a: 1 },
  serviceName: "s",
  profileName: "p",
  autoEvents: [
    {
      interval: "1s",
      onChange: true,
      onChangeThreshold: 0.5,
      sourceName: "S",
      retention: { maxCap: 1, minCap: 0, duration: "1h" },
    },
  ],
  protocols: { m: { A: "1" } },
  tags: { a: 1 },
  properties: { b: 2 },
};

const profile = {
  id,
  name: "P",
  manufacturer: "m",
  model: "x",
  description: "d",
  labels: ["l"],
  deviceResources: [
    {
      name: "R",
      description: "r",
      isHidden: false,
      properties: {
        valueType: "Int16",
        readWrite: "RW",
        units: "C",
        minimum: 1,
        maximum: 2,
        defaultValue: "1",
        mask: 1,
        shift: 1,
        scale: 1.5,
        offset: 1,
        base: 2,
        assertion: "",
        mediaType: "",
        optional: { a: 1 },
      },
      attributes: { a: 1 },
      tags: { a: 1 },
    },
    { name: "B", properties: { valueType: "Binary", readWrite: "R" } },
  ],
  deviceCommands: [
    {
      name: "c",
      isHidden: true,
      readWrite: "RW",
      resourceOperations: [{ deviceResource: "R", defaultValue: "1", mappings: { a: "b" } }],
      tags: {},
    },
  ],
};

const basicinfo = { id, name: "P", manufacturer: "m", description: "d", model: "x", labels: ["l"] };
const [resource] = profile.deviceResources;
const [deviceCommand] = profile.deviceCommands;
/** What may change in a resource, and, but for the description, in a command. */
const part = { name: "R", description: "d", isHidden: true };
const tags = {
  deviceResources: [{ name: "R", tags: { a: { b: 1 }, c: [null] } }],
  deviceCommands: [
    { name: "c", tags: { a: "x" } },
    { name: "d", tags: { b: null } },
  ],
};

const service = {
  id,
  name: "s",
  description: "d",
  labels: ["l"],
  baseAddress: "http://localhost:1",
  adminState: "LOCKED",
  properties: { a: 1 },
};

const provisionWatcher = {
  id,
  name: "w",
  serviceName: "s",
  labels: ["l"],
  identifiers: { Address: "^10" },
  blockingIdentifiers: { Port: ["399"] },
  adminState: "LOCKED",
  discoveredDevice: {
    profileName: "P",
    adminState: "UNLOCKED",
    autoEvents: [{ interval: "1s", onChange: true, sourceName: "S" }],
    properties: { a: 1 },
  },
};

const registration = {
  serviceId: "s",
  status: "UP",
  host: "h",
  port: 5,
  HealthCheck: { interval: "1s", path: "/p", type: "http" },
};

const head = { apiVersion: "v3", requestId: id };

export const bases: readonly { readonly operation: Operation; readonly body: unknown }[] = [
  {
    operation: metadataOperations.addDevices,
    body: [
      { ...head, device },
      { apiVersion: "v3", device },
    ],
  },
  { operation: metadataOperations.updateDevices, body: [{ ...head, device }] },
  { operation: metadataOperations.addProfiles, body: [{ ...head, profile }] },
  { operation: metadataOperations.updateProfileBasicInfos, body: [{ ...head, basicinfo }] },
  { operation: metadataOperations.mergeProfileTags, body: { ...head, ...tags } },
  { operation: metadataOperations.addResources, body: [{ ...head, profileName: "P", resource }] },
  { operation: metadataOperations.updateResources, body: [{ ...head, profileName: "P", resource: part }] },
  { operation: metadataOperations.addCommands, body: [{ ...head, profileName: "P", deviceCommand }] },
  { operation: metadataOperations.updateCommands, body: [{ ...head, profileName: "P", deviceCommand: part }] },
  { operation: metadataOperations.addServices, body: [{ ...head, service }] },
  { operation: metadataOperations.updateServices, body: [{ ...head, service }] },
  { operation: metadataOperations.addWatchers, body: [{ ...head, provisionWatcher }] },
  { operation: metadataOperations.updateWatchers, body: [{ ...head, provisionWatcher }] },
  { operation: keeperOperations.register, body: { ...head, registration } },
];

/** What a field is replaced by; a hole deletes it. */
const values: readonly unknown[] = [
  ...[undefined, null, "", " ", "x", 5, 0, -1, 1.5, true, [], {}, [null], ["x"], [5]],
  ...["1d", "1us", "RW", "W", "binary", "int8", "urn:x", "/a", "R"],
];

/** A copy with one or two fields deleted, replaced or written in capitals. `random(n)` gives 0 … n − 1. */
export function spoil(body: unknown, random: (n: number) => number): unknown {
  const root: Owner = { body: structuredClone(body) };
  const fields = fieldsOf(root);
  for (let left = 1 + random(2); left > 0; left -= 1) {
    const [owner, key] = fields[random(fields.length)] ?? [root, "body"];
    const value = values[random(values.length)];
    if (value !== undefined) {
      if (random(12) === 0 && !Array.isArray(owner) && owner !== root) rename(owner, key);
      else owner[key] = structuredClone(value);
    } else if (Array.isArray(owner)) owner.splice(Number(key), 1);
    else if (owner !== root) delete owner[key];
  }
  return root.body;
}

type Owner = Record<string, unknown>;

function fieldsOf(owner: Owner): [owner: Owner, key: string][] {
  return Object.entries(owner).flatMap(([key, value]) => {
    const inner = typeof value === "object" && value !== null ? fieldsOf(value as Owner) : [];
    return [[owner, key] as [Owner, string], ...inner];
  });
}

/** Go takes keys in any letter case. */
function rename(owner: Owner, key: string): void {
  const value = owner[key];
  delete owner[key];
  owner[key.toUpperCase()] = value;
}
