import { oneOf, Type } from "../schema.ts";
import { DROPS, type DropKind, QUEUES, type QueueKind } from "../system-words.ts";
import { RegistrationStatus } from "./keeper.ts";
import type { Bilingual } from "./rules.ts";

/** One service of the system: those of this process, and whoever has registered in keeper. */
export const SystemService = Type.Object({
  serviceId: Type.String(),
  /** It runs in the answering process. */
  here: Type.Boolean(),
  /** "http://edge-box:59880". */
  address: Type.String(),
  status: oneOf(RegistrationStatus),
  /** ms since 1970: keeper's last look at it, or its own last word. */
  checkedAt: Type.Optional(Type.Integer()),
  /** EdgeX's version. */
  version: Type.Optional(Type.String()),
  jxVersion: Type.Optional(Type.String()),
  /** Why its version is not known. */
  problem: Type.Optional(Type.String()),
  /** The server that keeps its tables does not answer: nothing can be written. Known of JX's services. */
  storeAway: Type.Optional(Type.Boolean()),
  /** Why what waits and what was dropped in its process is not known; asked of JX's services that answer. */
  countsProblem: Type.Optional(Type.String()),
});
export type SystemService = Type.Static<typeof SystemService>;

const kindsOf = <K extends string>(words: Readonly<Record<K, Bilingual>>) => Object.keys(words) as K[];

export const Counted = <K extends string>(words: Readonly<Record<K, Bilingual>>) =>
  Type.Object({
    kind: oneOf(kindsOf(words)),
    /** Whose it is: a subscriber, a service, a reason; "" where there is but one. */
    name: Type.String(),
    count: Type.Integer(),
    /** The services of the process that counts it, "core-data, rules", where that is not the answering one. */
    elsewhere: Type.Optional(Type.String()),
  });

/** Every service with its health, everything that waits and everything that was dropped. */
export const SystemOverview = Type.Object({
  services: Type.Array(SystemService),
  /** Why the registry was not asked; only what runs in this process is listed then. */
  registryProblem: Type.Optional(Type.String()),
  queues: Type.Array(Counted<QueueKind>(QUEUES)),
  /** Every kind is there; those that dropped nothing with one entry of 0. */
  drops: Type.Array(Counted<DropKind>(DROPS)),
});
export type SystemOverview = Type.Static<typeof SystemOverview>;
