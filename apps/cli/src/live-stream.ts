import type { LiveMessage } from "@jx/contracts";
import { AppError } from "@jx/kit";

/** Characters of one message; the edge keeps to 1 MiB. */
const MAX_MESSAGE = 8 * 1024 * 1024;

/** The edge's live stream until it ends or `signal` aborts. @throws AppError when it is refused or ends by itself */
export async function* liveMessages(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<LiveMessage> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal });
  } catch (cause) {
    if (signal.aborted) return;
    throw lost(url, cause);
  }
  if (!response.ok || response.body === null) {
    throw new AppError("ServiceUnavailable", await refusal(response), { details: { status: response.status } });
  }
  try {
    yield* parseEventStream(response.body);
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof AppError ? error : lost(url, error);
  }
  if (!signal.aborted) throw lost(url);
}

/** Nothing answers at the edge's address, or the answer broke off: for `jx` no edge is running. */
export function lost(url: string, cause?: unknown): AppError {
  return new AppError("ServiceUnavailable", "the edge does not answer any more", { cause, details: { url } });
}

async function refusal(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return String((JSON.parse(text) as { message?: unknown }).message);
  } catch {
    return `the live stream answered ${response.status}: ${text.slice(0, 200)}`;
  }
}

/** Server-sent events (WHATWG HTML §9.2) as the edge writes them: one `event:` and one `data:` line each. */
export async function* parseEventStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<LiveMessage> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of bytes) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const message = parseMessage(text.slice(0, end));
      text = text.slice(end + 2);
      if (message !== undefined) yield message;
    }
    if (text.length > MAX_MESSAGE)
      throw new AppError("Communication", `a message of the live stream is longer than ${MAX_MESSAGE} characters`);
  }
}

function parseMessage(block: string): LiveMessage | undefined {
  let name = "";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    else if (line.startsWith("data: ")) data = line.slice(6);
  }
  return name === "" || data === "" ? undefined : ({ name, data: JSON.parse(data) } as LiveMessage);
}
