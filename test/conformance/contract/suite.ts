/**
 * Contract tests: the same steps against a service through the in-process client and through HTTP, over real stores.
 * Every operation must succeed once and give each error of its table once; what a step met is recorded by the client.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import {
  type Contract,
  commonSteps,
  commonUnreached,
  promised,
  rawOver,
  recorded,
  runPrefix,
  type ServiceContract,
  sweep,
  until,
} from "@jx/conformance";
import { type Client, commonOperations, type Table } from "@jx/contracts";
import { httpClient } from "@jx/runtime";
import type { PostgresAddress } from "@jx/stores";
import { type Hosted, type ServiceKey, startHosted } from "../../support/hosted.ts";

const TIMEOUT_MS = 10_000;
type Transport = Contract<Table>["transport"];

/** Other places than files for the services' tables. */
export interface ContractStore {
  readonly name: string;
  /** An empty database. */
  database(): Promise<PostgresAddress>;
  readonly transports: readonly Transport[];
}

/** Runs a contract both ways, each on a host of its own; on SQLite unless another store is given. */
export function runContract(contract: ServiceContract, store?: ContractStore): void {
  for (const transport of store?.transports ?? (["in process", "HTTP"] as const)) {
    test(`${contract.service} (${transport}${store === undefined ? "" : `, ${store.name}`})`, async (t) => {
      const services = contract.needs as readonly ServiceKey[];
      await using hosted = await startHosted({ services, database: await store?.database() });
      const met = new Set<string>();
      const prefix = runPrefix(randomUUID().slice(0, 8));
      const clientOf = clientsOf(hosted, transport);
      const own = <O extends Table>(table: O): Client<O> => recorded(table, clientOf(contract.service, table), met);
      const parts: Contract<Table> = {
        transport,
        client: own(contract.table),
        other: (service, table) => (service === contract.service ? own(table) : clientOf(service, table)),
        raw: rawOver(hosted.url(contract.service as ServiceKey), TIMEOUT_MS),
        name: (text) => prefix + text,
      };
      for (const step of [...commonSteps(contract.service), ...contract.steps]) {
        if (step.over === undefined || step.over === transport) await t.test(step.name, () => step.run(parts));
      }
      await everythingMet(t, transport, contract, met);
      await t.test("what the steps left is swept, and none of it is left", async () => {
        const client = <O extends Table>(service: string, table: O) =>
          contract.needs.includes(service) ? clientOf(service, table) : undefined;
        // Events are deleted in the background.
        await until("nothing is left", async () => (await sweep(prefix, { client })).length === 0);
      });
    });
  }
}

function clientsOf(hosted: Hosted, transport: Transport) {
  return <O extends Table>(service: string, table: O): Client<O> =>
    transport === "HTTP"
      ? httpClient(table, { baseUrl: hosted.url(service as ServiceKey), timeoutMs: TIMEOUT_MS, newId: randomUUID })
      : hosted.host.clients.of(service, table);
}

function everythingMet(t: TestContext, transport: Transport, contract: ServiceContract, met: ReadonlySet<string>) {
  return t.test("every operation has succeeded and has given each error of its table", () => {
    const wanted = promised({ ...commonOperations, ...contract.table });
    const texts = transport === "HTTP" ? [] : (contract.fromText ?? []);
    const unreached = { ...commonUnreached(contract.service), ...contract.unreached };
    const excused = [...Object.keys(unreached), ...texts];
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
