import { STATUS_OF } from "@jx/contracts";
import { isAppError } from "@jx/kit";

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
