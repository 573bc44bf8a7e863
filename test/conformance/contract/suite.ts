/**
 * Contract tests: the same steps against a service through the in-process client and through HTTP, over real stores.
 * Every operation must succeed once and give each error of its table once; what a step met is recorded by the client.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { type Client, type Operation, STATUS_OF, type Table } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { httpClient } from "@jx/runtime";
import { type Hosted, type ServiceKey, startHosted } from "../../support/hosted.ts";

export interface ContractOptions<T extends Table> {
  readonly service: ServiceKey;
  readonly table: T;
  /** Started beside it, in order. */
  readonly services: readonly ServiceKey[];
  /** "operation status" that no step can bring about here, with the reason. */
  readonly unreached?: Readonly<Record<string, string>>;
  /** "operation status" that only a text can bring about, such as a bad boolean: over HTTP alone. */
  readonly fromText?: readonly string[];
}

export interface Contract<T extends Table> {
  readonly transport: Transport;
  readonly client: Client<T>;
  readonly hosted: Hosted;
  /** The client of another service; what it meets is not recorded. */
  other<O extends Table>(service: ServiceKey, table: O): Client<O>;
}

type Transport = "in process" | "HTTP";
export type Step<T extends Table> = readonly [name: string, run: (contract: Contract<T>) => Promise<void>];

export function contract<T extends Table>(options: ContractOptions<T>, steps: readonly Step<T>[]): void {
  for (const transport of ["in process", "HTTP"] as const) {
    test(`${options.service} (${transport})`, async (t) => {
      await using hosted = await startHosted({ services: options.services });
      const met = new Set<string>();
      const plain =
        transport === "HTTP"
          ? httpClient(options.table, { baseUrl: hosted.url(options.service), timeoutMs: 10_000, newId: randomUUID })
          : hosted.host.clients.of(options.service, options.table);
      const client = recorded(options.table, plain, met);
      const other = <O extends Table>(service: ServiceKey, table: O): Client<O> =>
        hosted.host.clients.of(service, table);
      for (const [name, run] of steps) await t.test(name, () => run({ transport, client, hosted, other }));
      await everythingMet(t, transport, options, met);
    });
  }
}

/** "404 text" of what a call rejects with; "accepted" when it does not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "accepted";
  } catch (error) {
    if (!isAppError(error)) throw error;
    return `${STATUS_OF[error.kind]} ${error.message}`;
  }
}

function recorded<T extends Table>(table: T, client: Client<T>, met: Set<string>): Client<T> {
  const out: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(table)) {
    out[name] = async (input: never, context: never): Promise<unknown> => {
      try {
        const output = await client[name]?.(input, context);
        met.add(`${name} ${operation.status}`);
        return output;
      } catch (error) {
        if (isAppError(error)) met.add(`${name} ${STATUS_OF[error.kind]}`);
        throw error;
      }
    };
  }
  return out as Client<T>;
}

function everythingMet<T extends Table>(
  t: TestContext,
  transport: Transport,
  options: ContractOptions<T>,
  met: ReadonlySet<string>,
) {
  return t.test("every operation has succeeded and has given each error of its table", () => {
    const wanted = Object.entries(options.table).flatMap(([name, operation]) => statusesOf(name, operation));
    const texts = transport === "HTTP" ? [] : (options.fromText ?? []);
    const excused = [...Object.keys(options.unreached ?? {}), ...texts];
    assert.deepEqual(
      wanted.filter((each) => !met.has(each) && !excused.includes(each)),
      [],
      "not met by any step",
    );
    assert.deepEqual(
      excused.filter((each) => met.has(each) || !wanted.includes(each)),
      [],
      "listed as unreached, but met or not in the table",
    );
  });
}

function statusesOf(name: string, { status, errors }: Operation): string[] {
  // No request makes a disk fail: see test/e2e/faults.
  const statuses = errors.filter((kind) => kind !== "Storage").map((kind) => STATUS_OF[kind]);
  return [...new Set([status, ...statuses])].map((each) => `${name} ${each}`);
}
