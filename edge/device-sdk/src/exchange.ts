import { AppError, toAppError } from "@jx/kit";
import type { AnyBatch, AnyResource, DriverWrite, Sample } from "./driver.ts";
import type { Value } from "./event.ts";
import type { DeviceMonitor } from "./health.ts";
import type { Breaker } from "./link/breaker.ts";
import { type Connection, type Priority, UNAVAILABLE } from "./link/connection.ts";
import type { Binding, BoundDevice, BoundResource } from "./registry/bind.ts";

/** What it takes to read some resources of one device: worked out once for a source that is polled. */
export interface ReadPlan {
  readonly binding: Binding;
  readonly resources: readonly BoundResource[];
  readonly batches: readonly AnyBatch[];
  /** Resources that the driver cannot use, and why. */
  readonly unusable: ReadonlyMap<string, AppError>;
}

/** The device at work: where its requests go and who writes down how they fared. */
export interface Line {
  readonly connection: Connection;
  readonly monitor: DeviceMonitor;
  readonly breaker: Breaker;
  /** Milliseconds, never backwards. */
  monotonic(): number;
  readonly timeoutMs: number;
  /** Told of every request: whether the device gave or took anything at all. */
  onOutcome(ok: boolean): void;
}

export interface ReadOutcome {
  /** In the order of the plan's resources. */
  readonly values: readonly Value[];
  readonly failed: ReadonlyMap<string, AppError>;
}

/** Throws what is wrong with the device's protocol properties, or with every single resource. */
export function planRead(bound: BoundDevice, resources: readonly BoundResource[]): ReadPlan {
  const { binding } = bound;
  if (binding instanceof AppError) throw binding;
  const unusable = new Map<string, AppError>();
  const usable: BoundResource[] = [];
  for (const resource of resources) {
    if (resource.problem === undefined) usable.push(resource);
    else unusable.set(resource.name, resource.problem);
  }
  const first = resources[0]?.problem;
  if (usable.length === 0 && first !== undefined) throw first;
  return { binding, resources, unusable, batches: binding.driver.plan(usable, binding.properties) };
}

/**
 * Reads a plan, every batch as a request of its own so that a write can go in between. A batch that fails costs its
 * resources only; throws when nothing could be read because the device did not answer.
 */
export async function exchangeRead(
  plan: ReadPlan,
  line: Line,
  priority: Priority,
  urlRawQuery = "",
): Promise<ReadOutcome> {
  const { properties } = plan.binding;
  const samples = new Map<AnyResource, Sample>();
  const errors: AppError[] = [];
  let rttMs = 0;
  await Promise.all(
    plan.batches.map(async (batch) => {
      try {
        const answer = await line.connection.request(priority, line.timeoutMs, async (session, context) => {
          const started = line.monotonic();
          const result = await session.read(batch, properties, { ...context, urlRawQuery });
          rttMs += line.monotonic() - started;
          return result;
        });
        batch.resources.forEach((resource, i) => {
          const sample = answer[i];
          if (sample !== undefined) samples.set(resource, sample);
        });
      } catch (error) {
        const failure = toAppError(error, "Communication");
        errors.push(failure);
        for (const resource of batch.resources) samples.set(resource, { error: failure });
      }
    }),
  );
  if (errors.length > 0 && errors.length === plan.batches.length) throw fail(line, errors[0] as AppError);
  line.breaker.succeeded();
  const outcome = sort(plan, samples);
  line.onOutcome(outcome.values.length > 0);
  line.monitor.answered(
    rttMs,
    outcome.values.map(({ resource }) => resource.name),
    outcome.failed,
  );
  return outcome;
}

/** Writes in order; throws at the first that fails. */
export async function exchangeWrite(
  binding: Binding,
  writes: readonly DriverWrite<unknown>[],
  line: Line,
  urlRawQuery = "",
): Promise<void> {
  try {
    await line.connection.request("write", line.timeoutMs, (session, context) =>
      session.write(writes, binding.properties, { ...context, urlRawQuery }),
    );
    line.breaker.succeeded();
    line.onOutcome(true);
  } catch (error) {
    throw fail(line, toAppError(error, "Communication"));
  }
}

/** Only a device that was asked counts as not answering: a connection that is not there is the back-off's business. */
function fail(line: Line, error: AppError): AppError {
  if (error.kind === "Timeout" || error.kind === "Communication") {
    line.breaker.failed(line.monotonic());
    line.monitor.failed(error);
  } else if (error.code === UNAVAILABLE) line.monitor.failed(error);
  else if (error.kind !== "Aborted") line.monitor.refused(error);
  if (error.kind !== "Aborted") line.onOutcome(false);
  return error;
}

function sort(plan: ReadPlan, samples: ReadonlyMap<AnyResource, Sample>): ReadOutcome {
  const values: Value[] = [];
  const failed = new Map(plan.unusable);
  for (const resource of plan.resources) {
    if (failed.has(resource.name)) continue;
    const sample = samples.get(resource);
    if (sample === undefined) {
      failed.set(resource.name, new AppError("ServerError", `the driver gave no value for ${resource.name}`));
    } else if ("error" in sample) failed.set(resource.name, sample.error);
    else values.push({ resource, sample });
  }
  return { values, failed };
}
