import {
  type Client,
  DROPS,
  type DropKind,
  type KeeperOperations,
  type ProcessCounts,
  type Registration,
  type SystemOverview,
  type SystemService,
} from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { EDGEX_VERSION, type Host, hostInUrl } from "@jx/runtime";
import { isUnanswered, type PeerAnswers } from "./peer-answers.ts";
import type { PeerVersion } from "./peer-versions.ts";
import { type CountedParts, processCounts } from "./process-counts.ts";
import { VERSION } from "./version.ts";

export interface SystemParts extends CountedParts {
  readonly host: Pick<Host, "services">;
  readonly keeper: Pick<Client<KeeperOperations>, "allRegistrations">;
  /** "http://box:59890" of a keeper elsewhere. */
  readonly keeperAddress?: string | undefined;
  readonly peers: Pick<PeerAnswers<PeerVersion>, "of">;
  readonly peerCounts: Pick<PeerAnswers<ProcessCounts>, "of">;
}

/** A service of another process, and what that process has waiting and dropped. */
interface Peer {
  readonly service: SystemService;
  readonly counts?: ProcessCounts;
}

/** The whole system as this process sees it: services of others too, as keeper knows them. */
export async function systemOverview(parts: SystemParts): Promise<SystemOverview> {
  const { list, problem } = await registrations(parts);
  const here = processCounts(parts);
  const others = await Promise.all([...keeperElsewhere(parts, list, problem), ...peers(parts, list)]);
  const processes = processesOf(others);
  return {
    services: [...ownServices(parts, list, here.storeAway), ...others.map(({ service }) => service)],
    ...(problem === undefined ? {} : { registryProblem: problem }),
    queues: [
      ...here.queues,
      ...processes.flatMap(({ queues, elsewhere }) => queues.map((each) => ({ ...each, elsewhere }))),
    ],
    drops: everyKind([
      ...here.drops,
      ...processes.flatMap(({ drops, elsewhere }) => drops.map((each) => ({ ...each, elsewhere }))),
    ]),
  };
}

/** Each process once, however many of its services were asked. */
function processesOf(others: readonly Peer[]): (ProcessCounts & { readonly elsewhere: string })[] {
  const counts = others.flatMap((peer) => (peer.counts === undefined ? [] : [peer.counts]));
  const byProcess = new Map(counts.map((each) => [each.process, each]));
  return [...byProcess.values()].map((each) => ({ ...each, elsewhere: each.services.join(", ") }));
}

/** In the order of the kinds; one entry of 0 for each that dropped nothing. */
function everyKind(drops: SystemOverview["drops"]): SystemOverview["drops"] {
  return (Object.keys(DROPS) as DropKind[]).flatMap((kind) => {
    const found = drops.filter((each) => each.kind === kind);
    return found.length > 0 ? found : [{ kind, name: "", count: 0 }];
  });
}

async function registrations({ keeper }: SystemParts): Promise<{ list: readonly Registration[]; problem?: string }> {
  try {
    return { list: (await keeper.allRegistrations({})).registrations };
  } catch (error) {
    return { list: [], problem: `core-keeper: ${messageOf(error)}` };
  }
}

function ownServices({ host }: SystemParts, list: readonly Registration[], away: readonly string[]): SystemService[] {
  return host.services.map(({ key, baseAddress }) => {
    const known = list.find(({ serviceId }) => serviceId === key);
    // Keeper does not register itself: that it answers means that it runs.
    const status = (known?.status ?? "UP") as SystemService["status"];
    const store = away.includes(key) ? { storeAway: true } : {};
    return { serviceId: key, here: true, address: baseAddress, status, ...checked(known), ...OUR_VERSION, ...store };
  });
}

const OUR_VERSION = { version: EDGEX_VERSION, jxVersion: VERSION };

/** Keeper does not register itself, ours as EdgeX's: one in another process is known by its address. */
function keeperElsewhere(
  parts: SystemParts,
  list: readonly Registration[],
  problem: string | undefined,
): Promise<Peer>[] {
  const serviceId = "core-keeper";
  const { keeperAddress: address } = parts;
  if (address === undefined || list.some((each) => each.serviceId === serviceId)) return [];
  const known = { serviceId, here: false, address };
  if (problem !== undefined) return [Promise.resolve({ service: { ...known, status: "DOWN" } })];
  return [asked(parts, { ...known, status: "UP" })];
}

function peers(parts: SystemParts, list: readonly Registration[]): Promise<Peer>[] {
  const own = new Set(parts.host.services.map(({ key }) => key));
  return list
    .filter(({ serviceId }) => !own.has(serviceId))
    .map(async (registration) => {
      const { serviceId, host: name, port, HealthCheck } = registration;
      const status = (registration.status ?? "UNKNOWN") as SystemService["status"];
      const scheme = HealthCheck.type === "https" ? "https" : "http";
      const address = `${scheme}://${hostInUrl(name)}:${port}`;
      const service = { serviceId, here: false, address, status, ...checked(registration) };
      // Keeper has just found a service that is down silent: asking it again would only make the person wait.
      return status === "DOWN" ? { service } : asked(parts, service);
    });
}

/** What a service says itself: its version, and when it is JX's the counts of its process; both at most a second. */
async function asked({ peers: versions, peerCounts }: SystemParts, service: SystemService): Promise<Peer> {
  const version = await versions.of(service.address);
  if (isUnanswered(version) || version.jxVersion === undefined) return { service: { ...service, ...version } };
  const counts = await peerCounts.of(service.address);
  if (isUnanswered(counts)) return { service: { ...service, ...version, countsProblem: counts.problem } };
  const away = counts.storeAway.includes(service.serviceId) ? { storeAway: true } : {};
  return { service: { ...service, ...version, ...away }, counts };
}

function checked(registration: Registration | undefined): { checkedAt?: number } {
  return registration?.modified === undefined ? {} : { checkedAt: registration.modified };
}
