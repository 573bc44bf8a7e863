import type { FastifyInstance, FastifyRequest } from "fastify";
import type { CommonConfig } from "../config/common-config.ts";

/** EdgeX's Service.CORSConfiguration. */
export type CorsSettings = CommonConfig["Service"]["CORSConfiguration"];

/** True when a page of this origin may use the service from another site. */
export function isAllowedOrigin(origin: string, { EnableCORS, CORSAllowedOrigin: allowed }: CorsSettings): boolean {
  return EnableCORS && (allowed === "*" || allowed.toLowerCase() === origin.toLowerCase());
}

/**
 * The headers of go-mod-bootstrap bootstrap/handlers/httpcors.go, and the answer to a browser that asks first. Stands
 * behind the guard: what comes here with an Origin has been let in.
 */
export function installCors(app: FastifyInstance, settings: () => CorsSettings): void {
  app.addHook("onRequest", async (request, reply) => {
    const cors = settings();
    if (!cors.EnableCORS || request.headers.origin === undefined) return;
    const asksFirst = isPreflight(request);
    set("access-control-allow-origin", cors.CORSAllowedOrigin);
    if (cors.CORSAllowCredentials) set("access-control-allow-credentials", "true");
    set("vary", "Origin");
    if (!asksFirst) {
      set("access-control-expose-headers", cors.CORSExposeHeaders);
      return;
    }
    set("access-control-allow-methods", cors.CORSAllowedMethods);
    set("access-control-allow-headers", cors.CORSAllowedHeaders);
    if (cors.CORSMaxAge > 0) set("access-control-max-age", String(cors.CORSMaxAge));
    await reply.code(200).send();

    function set(name: string, value: string): void {
      if (value !== "") reply.header(name, value);
    }
  });
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
}
