import { type Bilingual, type Client, commonOperations, type Table } from "@jx/contracts";
import { isAppError, messageOf } from "@jx/kit";
import { commonSteps } from "./common/steps.ts";
import type { Contract, ServiceContract, Step } from "./contract.ts";
import { type Failure, failureOf, isNotThere } from "./failure.ts";
import { guarded, guardedRaw, type Leave } from "./guard.ts";
import type { Raw } from "./raw.ts";
import { recorded } from "./record.ts";

export interface RunOptions {
  readonly contract: ServiceContract;
  readonly leave: Leave;
  /** Of every name that the run makes. */
  readonly prefix: string;
  /** Services that answered, and whether they are JX's own. */
  readonly reachable: ReadonlyMap<string, { readonly jx: boolean }>;
  /** Ends the run before its next step. */
  readonly signal?: AbortSignal;
}

export interface RunDeps {
  client<T extends Table>(service: string, table: T): Client<T>;
  raw(service: string): Raw;
}

/** Why a step was not run; CLI and docs word it. */
export type Skip =
  | { readonly why: "read-only" }
  /** It touches what others share. */
  | { readonly why: "alone" }
  | { readonly why: "jx-only"; readonly what: Bilingual }
  | { readonly why: "needs"; readonly services: readonly string[] }
  /** The service had stopped answering. */
  | { readonly why: "silent" }
  | { readonly why: "interrupted" };

export interface StepReport {
  readonly name: string;
  readonly zh: string;
  readonly outcome: "passed" | "failed" | "not there" | "skipped";
  readonly failure?: Failure;
  readonly skip?: Skip;
}

export interface RunReport {
  readonly steps: readonly StepReport[];
  /** Operations of the service's table that were called at least once, of how many. */
  readonly tried: readonly string[];
  readonly operations: number;
  /** "GET /a": the service does not know the path. */
  readonly notThere: readonly string[];
}

/** Runs the steps of one service over HTTP, as far as the leave goes; it always comes back with a report. */
export async function runSteps(options: RunOptions, deps: RunDeps): Promise<RunReport> {
  const { contract, leave, prefix } = options;
  const met = new Set<string>();
  const notThere = new Set<string>();
  const ownIds = new Set<string>();
  const clientOf = <O extends Table>(service: string, table: O): Client<O> =>
    noting(table, guarded(table, deps.client(service, table), leave, ownIds), notThere);
  const own = <O extends Table>(table: O): Client<O> => recorded(table, clientOf(contract.service, table), met);
  const table: Table = { ...commonOperations, ...contract.table };
  const parts: Contract<Table> = {
    transport: "HTTP",
    client: own(table),
    other: (service, others) => (service === contract.service ? own(others) : clientOf(service, others)),
    raw: guardedRaw(deps.raw(contract.service), leave),
    name: (text) => prefix + text,
  };
  const steps: StepReport[] = [];
  let silent = false;
  for (const step of [...commonSteps(contract.service), ...contract.steps]) {
    const skip = silent ? ({ why: "silent" } as const) : skipOf(step, options);
    if (skip !== undefined) {
      steps.push({ ...nameOf(step), outcome: "skipped", skip });
      continue;
    }
    const report = await runStep(step, parts);
    steps.push(report);
    silent = report.failure?.silent === true;
  }
  const tried = new Set([...met].map((each) => each.split(" ")[0] ?? ""));
  return { steps, tried: [...tried].sort(), operations: Object.keys(table).length, notThere: [...notThere].sort() };
}

async function runStep(step: Step<Table>, parts: Contract<Table>): Promise<StepReport> {
  try {
    await step.run(parts);
    return { ...nameOf(step), outcome: "passed" };
  } catch (error) {
    return { ...nameOf(step), outcome: isNotThere(error) ? "not there" : "failed", failure: failureOf(error) };
  }
}

function nameOf({ name, zh }: Step<Table>): Pick<StepReport, "name" | "zh"> {
  return { name, zh };
}

function skipOf(step: Step<Table>, { contract, leave, reachable, signal }: RunOptions): Skip | undefined {
  if (signal?.aborted === true) return { why: "interrupted" };
  if (step.access === "alone") return { why: "alone" };
  if (step.access === "write" && leave === "read") return { why: "read-only" };
  if (step.jxOnly !== undefined) {
    const others = contract.needs.filter((key) => reachable.get(key)?.jx === false);
    if (others.length > 0) return { why: "jx-only", what: step.jxOnly };
  }
  const missing = contract.needs.filter((key) => !reachable.has(key));
  return step.access === "write" && missing.length > 0 ? { why: "needs", services: missing } : undefined;
}

/** Writes down what the service does not know at all. */
function noting<T extends Table>(table: T, client: Client<T>, notThere: Set<string>): Client<T> {
  const out: Record<string, unknown> = {};
  for (const [name, { method, path }] of Object.entries(table)) {
    out[name] = async (input: never, context: never): Promise<unknown> => {
      try {
        return await client[name]?.(input, context);
      } catch (error) {
        if (isNotThere(error)) notThere.add(`${method} ${path}`);
        throw error;
      }
    };
  }
  return out as Client<T>;
}

export type Reached =
  | { readonly state: "there"; readonly version: string; readonly jxVersion?: string }
  | { readonly state: "unreachable" | "silent" | "not EdgeX"; readonly problem: string };

/** Whether an EdgeX service answers, and as what. */
export async function reach(client: Client<typeof commonOperations>): Promise<Reached> {
  try {
    const { version, jxVersion } = (await client.version({})) as { version?: unknown; jxVersion?: string };
    if (typeof version !== "string") return { state: "not EdgeX", problem: "GET /version: there is no version in it" };
    return { state: "there", version, ...(jxVersion === undefined ? {} : { jxVersion }) };
  } catch (error) {
    if (isAppError(error, "Timeout")) return { state: "silent", problem: error.message };
    const unreachable = isAppError(error, "ServiceUnavailable") && error.details?.["status"] === undefined;
    if (unreachable) return { state: "unreachable", problem: causeOf(error) };
    return { state: "not EdgeX", problem: `GET /version: ${messageOf(error)}` };
  }
}

/** "connect ECONNREFUSED 127.0.0.1:59880" lies below fetch's "fetch failed". */
function causeOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  const inner = (deepest as { errors?: readonly unknown[] }).errors?.[0];
  return messageOf(inner ?? deepest);
}
