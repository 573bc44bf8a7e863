import { AppError, toAppError } from "@jx/kit";
import fastify, { type FastifyInstance } from "fastify";
import { installGuard } from "./guard.ts";
import { errorFrame, send } from "./replies.ts";

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
  });
  installGuard(app, { hosts: options.allowedHosts });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: "Not Found" }));
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, _request, reply) => {
    if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
      const limit = Math.floor(options.maxBodyBytes / 1024);
      return send(reply, errorFrame(new AppError("LimitExceeded", `request size exceed ${limit} KB`)));
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply
        .code(error.statusCode)
        .send({ apiVersion: "v3", message: error.message, statusCode: error.statusCode });
    }
    return send(reply, errorFrame(toAppError(error)));
  });
  return app;
}

/** Listens; a port that is taken becomes an error that says by whom, as far as the host can find out. */
export async function listen(
  app: FastifyInstance,
  options: ServerOptions,
  whoHolds: (port: number) => string | undefined,
): Promise<number> {
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (cause) {
    if ((cause as { code?: string }).code !== "EADDRINUSE") throw cause;
    const holder = whoHolds(options.port);
    const by = holder === undefined ? "" : ` by ${holder}`;
    throw new AppError(
      "ServiceUnavailable",
      `${options.name} cannot listen on ${options.host}:${options.port}: the port is taken${by}; stop that program or choose another port (jx doctor shows all ports)`,
      { code: "port-in-use", cause, details: { port: options.port, holder: holder ?? null } },
    );
  }
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : options.port;
}
