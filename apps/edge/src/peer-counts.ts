import {
  Counted,
  DROPS,
  type DropKind,
  fits,
  ProcessCounts,
  processOperations,
  QUEUES,
  type QueueKind,
} from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { httpClient } from "@jx/runtime";
import { MAX_PEER_TEXT, PEER_TIMEOUT_MS, PeerAnswers, type PeerDeps, type Unanswered } from "./peer-answers.ts";

/** Several pages that look at once ask a peer once; one that is silent keeps nobody waiting at every look. */
const REMEMBERED = { knownMs: 1_000, unknownMs: 10_000 };
/** More queues of one process than a person reads; those that hold most are kept. */
const MAX_COUNTS = 200;
const MAX_SERVICES = 50;
const QueueCount = Counted<QueueKind>(QUEUES);
const DropCount = Counted<DropKind>(DROPS);

/** Asks JX's services in other processes what waits there and what was dropped. */
export function peerCounts(deps: PeerDeps): PeerAnswers<ProcessCounts> {
  return new PeerAnswers<ProcessCounts>(REMEMBERED, deps, (address) => ask(address, deps.newId));
}

async function ask(address: string, newId: () => string): Promise<ProcessCounts | Unanswered> {
  const options = { baseUrl: `${address}/api/v3`, timeoutMs: PEER_TIMEOUT_MS, newId };
  try {
    return bounded(await httpClient(processOperations, options).counts({}));
  } catch (error) {
    return { problem: messageOf(error).slice(0, MAX_PEER_TEXT) };
  }
}

/** What comes from outside, cut to what a page can hold; kinds that only a newer version knows are left out. */
function bounded(answer: unknown): ProcessCounts | Unanswered {
  const { queues, drops, ...rest } = (answer ?? {}) as Partial<Record<keyof ProcessCounts, unknown>>;
  if (!Array.isArray(queues) || !Array.isArray(drops) || !fits(ProcessCounts, { ...rest, queues: [], drops: [] }))
    return { problem: "GET /process/counts: the answer is of another shape" };
  const { process, services, storeAway } = rest as ProcessCounts;
  return {
    process: cut(process),
    services: services.slice(0, MAX_SERVICES).map(cut),
    storeAway: storeAway.slice(0, MAX_SERVICES).map(cut),
    queues: most(queues.filter((each): each is Count<QueueKind> => fits(QueueCount, each))),
    drops: most(drops.filter((each): each is Count<DropKind> => fits(DropCount, each))),
  };
}

interface Count<K extends string> {
  readonly kind: K;
  readonly name: string;
  readonly count: number;
}

function most<K extends string>(counts: readonly Count<K>[]): Count<K>[] {
  const kept = counts.length <= MAX_COUNTS ? counts : counts.toSorted((a, b) => b.count - a.count).slice(0, MAX_COUNTS);
  return kept.map(({ kind, name, count }) => ({ kind, name: cut(name), count }));
}

function cut(text: string): string {
  return text.slice(0, MAX_PEER_TEXT);
}
