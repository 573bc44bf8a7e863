import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { AppError, isAppError, messageOf, sleep } from "@jx/kit";

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** Milliseconds between connecting and the first request. */
  readonly connectDelayMs: number;
}

/** A connected socket; throws ServiceUnavailable with the likely cause, or Timeout/Aborted when the signal comes first. */
export async function connectTo(options: ConnectOptions, signal: AbortSignal): Promise<Socket> {
  const peer = `${options.host}:${options.port}`;
  const socket = connect({ host: options.host, port: options.port });
  // While nobody waits for it, an error must not end the process; "close" follows each.
  socket.on("error", () => undefined);
  try {
    await once(socket, "connect", { signal });
    // MODBUS Messaging on TCP/IP Implementation Guide V1.0b, 4.3.2: no delay for small requests, and vanished peers show.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    if (options.connectDelayMs > 0) await sleep(options.connectDelayMs, signal);
    if (socket.destroyed) throw new Error("the connection was closed before the first request");
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? abortError(peer, signal.reason) : connectionError(peer, error);
  }
}

function abortError(peer: string, reason: unknown): AppError {
  const timedOut = isAppError(reason, "Timeout") || (reason instanceof Error && reason.name === "TimeoutError");
  if (!timedOut) return new AppError("Aborted", `${peer}: connecting was aborted`, { cause: reason });
  const text = `${peer}: no connection in time; is the address right and the device on?`;
  return new AppError("Timeout", text, { cause: reason });
}

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; check Port and whether the device allows Modbus TCP",
  EHOSTUNREACH: "no way to this address; check Address, cable and network",
  ENETUNREACH: "no way to this network; check Address and routing",
  ENOTFOUND: "this name is not known; check Address",
  EAI_AGAIN: "the name could not be looked up; check DNS or write an IP address",
  ETIMEDOUT: "no answer from this address; is the device on?",
  ECONNRESET: "the device broke the connection; many allow only a few at once",
};

/** What the network says, with what it usually means. */
export function connectionError(peer: string, error: unknown): AppError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const hint = HINTS[code];
  return new AppError("ServiceUnavailable", `${peer}: ${messageOf(error)}${hint === undefined ? "" : `; ${hint}`}`, {
    cause: error,
  });
}
