import {
  checkOffset,
  type DataOperations,
  type Event,
  type Handlers,
  type PageQuery,
  topics,
  UUID,
} from "@jx/contracts";
import { AppError, type Clock } from "@jx/kit";
import type { Bus, Logger } from "@jx/runtime";
import { checkRange, pageOf } from "./paging.ts";
import { AGGREGATE_FUNCTIONS, type AggregateFunction } from "./store/aggregate.ts";
import type { EventFilter, EventStore, ReadingFilter } from "./store/event-store.ts";

export interface HandlerDeps {
  readonly store: Omit<EventStore, "append">;
  readonly append: EventStore["append"];
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly persist: () => boolean;
  readonly maxResults: () => number;
}

/** The operations of core data (contracts operations/data.ts). */
export function dataHandlers(deps: HandlerDeps): Handlers<DataOperations> {
  const { store } = deps;

  async function events(filter: EventFilter, input: PageQuery) {
    const page = pageOf(input, deps.maxResults());
    const list = await store.events(filter, page);
    checkOffset(page, list.totalCount);
    return { totalCount: list.totalCount, events: list.items.map(newestFirst) };
  }

  async function readings(filter: ReadingFilter, input: PageQuery & { readonly aggregateFunc?: string }) {
    const page = pageOf(input, deps.maxResults());
    const { aggregateFunc } = input;
    if (aggregateFunc !== undefined) {
      const groups = await store.aggregate(filter, aggregateFunctionOf(aggregateFunc), page);
      return { totalCount: 0, aggregateFunc, readings: [...groups] };
    }
    const list = await store.readings(filter, page);
    checkOffset(page, list.totalCount);
    return { totalCount: list.totalCount, readings: [...list.items] };
  }

  /** EdgeX answers 202 at once and deletes in the background. */
  function inBackground(what: string, work: Promise<number>): Record<string, never> {
    work.then(
      (count) => deps.log.info({ count }, `${what} deleted`),
      (error: unknown) => deps.log.error({ error }, `${what} could not be deleted`),
    );
    return {};
  }

  return {
    async addEvent(input, context) {
      const { event, requestId } = input.body;
      checkPath(event, input);
      const { service, profile, device, source } = input;
      await deps.bus.publish({
        kind: "event",
        topic: topics.coreEvent(service, profile, device, source),
        correlationId: context.correlationId,
        from: "inside",
        ...(requestId === undefined ? {} : { requestId }),
        event,
      });
      if (deps.persist()) await deps.append([event]);
      return { id: event.id };
    },
    allEvents: (input) => events({}, input),
    eventsByDevice: (input) => events({ deviceName: input.name }, input),
    eventsByRange(input) {
      checkRange(input);
      return events({ start: input.start, end: input.end }, input);
    },
    async eventById({ id }) {
      if (!UUID.test(id)) throw new AppError("ContractInvalid", "fail to parse id as an UUID");
      const event = await store.eventById(id.toLowerCase());
      if (event === undefined) throw new AppError("NotFound", `no event with id '${id}' found`);
      return { event: newestFirst(event) };
    },
    async deleteEventById({ id }) {
      if (!UUID.test(id)) throw new AppError("ContractInvalid", "Failed to parse ID as an UUID");
      if ((await store.deleteById(id.toLowerCase())) === 0)
        throw new AppError("NotFound", `no event with id '${id}' found`);
      return {};
    },
    deleteEventsByDevice({ name }) {
      if (name.trim() === "") throw new AppError("ContractInvalid", "blank device name is not allowed");
      return inBackground(`events of ${name}`, store.deleteByDevice(name));
    },
    deleteEventsByAge: ({ age }) => inBackground("old events", store.retain({ olderThan: deps.clock.now() - age })),
    eventCount: async () => ({ count: await store.countEvents({}) }),
    eventCountByDevice: async ({ name }) => ({ count: await store.countEvents({ deviceName: name }) }),
    allReadings: (input) => readings({}, input),
    readingCount: async () => ({ count: await store.countReadings({}) }),
    readingCountByDevice: async ({ name }) => ({ count: await store.countReadings({ deviceName: name }) }),
    readingsByDevice: (input) => readings({ deviceName: input.name }, input),
    readingsByDeviceAndRange(input) {
      checkRange(input);
      const { name, start, end, body, aggregateFunc } = input;
      // EdgeX does not look at the body of an aggregate.
      const resourceNames = aggregateFunc === undefined ? namesOf(body) : [];
      const filter = { deviceName: name, start, end };
      return readings(resourceNames.length === 0 ? filter : { ...filter, resourceNames }, input);
    },
    readingsByResource: (input) => readings({ resourceNames: [input.resource] }, input),
    readingsByRange(input) {
      checkRange(input);
      return readings({ start: input.start, end: input.end }, input);
    },
    readingsByResourceAndRange(input) {
      checkRange(input);
      return readings({ resourceNames: [input.resource], start: input.start, end: input.end }, input);
    },
    readingsByDeviceAndResource: (input) =>
      readings({ deviceName: input.name, resourceNames: [input.resource] }, input),
    readingsByDeviceResourceAndRange(input) {
      checkRange(input);
      const { name, resource, start, end } = input;
      return readings({ deviceName: name, resourceNames: [resource], start, end }, input);
    },
  };
}

/** As EdgeX lists the readings of an event (edgex-behaviour.md §2.2); of equal origins as they were sent. */
function newestFirst(event: Event): Event {
  const { readings } = event;
  if (readings.every(({ origin }, i) => i === 0 || origin <= (readings[i - 1]?.origin ?? 0n))) return event;
  return { ...event, readings: readings.toSorted((a, b) => Number(b.origin > a.origin) - Number(b.origin < a.origin)) };
}

function aggregateFunctionOf(text: string): AggregateFunction {
  const found = AGGREGATE_FUNCTIONS.find((each) => each === text.toUpperCase());
  if (found === undefined) throw new AppError("ContractInvalid", "invalid aggregate function specified");
  return found;
}

/** None means all; what is no text is passed over, as upstream (core/data/controller/http/reading.go). */
function namesOf(body: unknown): readonly string[] {
  if (body === null || body === undefined) return [];
  if (typeof body !== "object" || Array.isArray(body)) {
    const kind = Array.isArray(body) ? "array" : typeof body === "boolean" ? "bool" : typeof body;
    const text = `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
    throw new AppError("ContractInvalid", text);
  }
  const { resourceNames } = body as { readonly resourceNames?: unknown };
  if (resourceNames === undefined) return [];
  if (Array.isArray(resourceNames)) return resourceNames.filter((each) => typeof each === "string");
  throw new AppError("ContractInvalid", "query criteria [resourceNames] not in expected format");
}

/** The path must name the event's profile, device and source (edgex-behaviour.md §2.1). */
function checkPath(event: Event, path: { profile: string; device: string; source: string }): void {
  const pairs = [
    ["profileName", event.profileName, path.profile],
    ["deviceName", event.deviceName, path.device],
    ["sourceName", event.sourceName, path.source],
  ] as const;
  for (const [field, inEvent, inPath] of pairs) {
    if (inEvent !== inPath) throw new AppError("ContractInvalid", `event's ${field} ${inEvent} mismatches ${inPath}`);
  }
}
