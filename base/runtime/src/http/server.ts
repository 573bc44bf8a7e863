import { connect } from "node:net";
import { AppError, messageOf, sleep, type Told, toAppError } from "@jx/kit";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { type CorsSettings, installCors } from "./cors.ts";
import { installGuard } from "./guard.ts";
import { errorFrame, send, sendProblem } from "./replies.ts";

export interface ServerOptions {
  /** Address to bind; loopback by default (DESIGN §8.9). */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Who wants the port; for the message when it is taken. */
  readonly name: string;
  /** Host names clients may use besides loopback ones. */
  readonly allowedHosts: readonly string[];
  /** Largest body in bytes; longer ones get 413. */
  readonly maxBodyBytes: number;
  /** What bounds it, where a setting does: "Service.MaxRequestSize". */
  readonly maxBodySetting?: string;
  /** EdgeX's CORSConfiguration; without it pages of other origins are refused. */
  readonly cors?: () => CorsSettings;
}

/** One fastify listener: guard, raw bodies, EdgeX's error frames. Routes are added by the caller before `listen`. */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    // Names may be long and in Chinese: three percent-encoded bytes a character.
    routerOptions: { maxParamLength: 8_192, ignoreTrailingSlash: false },
    forceCloseConnections: true,
    requestTimeout: 30_000,
    // A path that is no URL, such as /a%zz: it reaches neither guard nor routes.
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply as FastifyReply, error.statusCode ?? 400, error.message);
    },
  });
  // Core data's query by several resources, and notifications' by condition, carry a body in a GET.
  app.addHttpMethod("GET", { hasBody: true, overrideExisting: true });
  const { cors } = options;
  installGuard(app, { hosts: options.allowedHosts, ...(cors === undefined ? {} : { cors }) });
  if (cors !== undefined) installCors(app, cors);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => send(reply, { status: 404, body: '{"message":"Not Found"}' }));
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, _request, reply) => {
    if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
      const limit = `${Math.floor(options.maxBodyBytes / 1024)} KB`;
      const { maxBodySetting: setting } = options;
      const text = `request size exceed ${setting === undefined ? limit : `${setting}(${limit})`}`;
      return send(reply, errorFrame(new AppError("LimitExceeded", text)));
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return sendProblem(reply, error.statusCode, error.message);
    }
    return send(reply, errorFrame(toAppError(error)));
  });
  return app;
}

/**
 * EdgeX's ports lie in Linux's range for outgoing connections (32768–60999, ip_local_port_range), so any program's
 * connection within the machine may hold one, and for a minute after it was closed (TIME-WAIT). Such a port is waited
 * for; one that somebody listens on stays taken.
 */
const MAX_WAIT_MS = 65_000;
const PAUSE_MS = 300;
/** A wait that a person notices is told. */
const TELL_AFTER_MS = 1_500;

export interface ListenDeps {
  readonly whoHolds: (port: number) => string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called once when the port has to be waited for. */
  readonly onWait?: ((told: Told) => void) | undefined;
}

/** Listens. @throws AppError ServiceUnavailable (code port-in-use) that says by whom, as far as it can be found out. */
export async function listen(app: FastifyInstance, options: ServerOptions, deps: ListenDeps): Promise<number> {
  const start = performance.now();
  for (let told = false; ; ) {
    try {
      await app.listen({ host: options.host, port: options.port });
      break;
    } catch (cause) {
      if ((cause as { code?: string }).code !== "EADDRINUSE") throw unusable(options, cause);
      const waited = performance.now() - start;
      if (waited > MAX_WAIT_MS || (await isListening(options)))
        throw taken(options, deps.whoHolds(options.port), cause);
      if (!told && waited > TELL_AFTER_MS) {
        told = true;
        deps.onWait?.(waiting(options, deps.whoHolds(options.port)));
      }
      await sleep(PAUSE_MS, deps.signal);
    }
  }
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : options.port;
}

function waiting({ name, port }: ServerOptions, holder: string | undefined): Told {
  const message = `${name} waits for port ${port}, held by ${holder ?? "a connection"}; up to a minute`;
  return { message, code: "port-awaited", details: { name, port, holder } };
}

function isListening({ host, port }: ServerOptions): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host, port });
  socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  socket.setTimeout(PAUSE_MS, () => resolve(true)); // a listener too busy to take connections
  return promise.finally(() => socket.destroy());
}

function taken({ name, host, port }: ServerOptions, holder: string | undefined, cause: unknown): AppError {
  const by = holder === undefined ? "" : ` by ${holder}`;
  const variable = `${name.toUpperCase().replaceAll("-", "_")}_SERVICE_PORT`;
  return new AppError(
    "ServiceUnavailable",
    `${name} cannot listen on ${host}:${port}: the port is taken${by}; stop that program, or choose another port with ${variable}=N (jx doctor shows all ports)`,
    { code: "port-in-use", cause, details: { name, host, port, holder: holder ?? null, variable } },
  );
}

function unusable({ name, host, port }: ServerOptions, cause: unknown): AppError {
  const message = `${name} cannot listen on ${host}:${port}: ${messageOf(cause)}; use an address of this machine, or 0.0.0.0 for all`;
  return new AppError("ServiceUnavailable", message, {
    code: "address-unusable",
    cause,
    details: { name, host, port, reason: messageOf(cause) },
  });
}
