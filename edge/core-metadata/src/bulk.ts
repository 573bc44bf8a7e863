import { type ItemResult, STATUS_OF } from "@jx/contracts";
import { isAppError } from "@jx/kit";

/** Runs a bulk request item by item, in order: one that fails has its own status and does not stop the others. */
export async function eachItem<R extends { readonly requestId?: string }>(
  requests: readonly R[],
  run: (request: R) => Promise<{ readonly statusCode: number; readonly id?: string }>,
): Promise<readonly ItemResult[]> {
  const results: ItemResult[] = [];
  for (const request of requests) {
    const ids = request.requestId === undefined || request.requestId === "" ? {} : { requestId: request.requestId };
    try {
      results.push({ ...ids, ...(await run(request)) });
    } catch (error) {
      // Anything else is a defect: it ends the request, and the host logs it.
      if (!isAppError(error)) throw error;
      results.push({ ...ids, message: error.message, statusCode: STATUS_OF[error.kind] });
    }
  }
  return results;
}
