import { setImmediate as nextTurn } from "node:timers/promises";
import { ITEMS_PER_TURN, type ItemResult, STATUS_OF } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import type { Catalog } from "./catalog.ts";

type Outcome = { readonly statusCode: number; readonly id?: string };

/**
 * Runs a bulk request item by item, in order: one that fails has its own status and does not stop the others. `run`
 * stages its change; the answer waits until all of them are synced.
 */
export async function eachItem<R extends { readonly requestId?: string }>(
  catalog: Catalog,
  requests: readonly R[],
  run: (request: R) => Promise<Outcome> | Outcome,
): Promise<readonly ItemResult[]> {
  const items: { readonly result: ItemResult; readonly synced?: Promise<void> }[] = [];
  for (const [i, request] of requests.entries()) {
    if (i % ITEMS_PER_TURN === ITEMS_PER_TURN - 1) await nextTurn();
    const ids = idsOf(request);
    try {
      const outcome = await run(request);
      items.push({ result: { ...ids, ...outcome }, synced: catalog.synced() });
    } catch (error) {
      items.push({ result: { ...ids, ...refused(error) } });
    }
  }
  const results: ItemResult[] = [];
  for (const [i, { result, synced }] of items.entries()) {
    try {
      await synced;
      results.push(result);
    } catch (error) {
      results.push({ ...idsOf(requests[i]), ...refused(error) });
    }
  }
  return results;
}

function idsOf(request: { readonly requestId?: string } | undefined): { requestId?: string } {
  return request?.requestId === undefined || request.requestId === "" ? {} : { requestId: request.requestId };
}

/** @throws what is no AppError: a defect, which ends the request, and the host logs it. */
function refused(error: unknown): { readonly message: string; readonly statusCode: number } {
  if (!isAppError(error)) throw error;
  return { message: error.message, statusCode: STATUS_OF[error.kind] };
}
