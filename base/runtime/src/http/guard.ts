import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type CorsSettings, isAllowedOrigin } from "./cors.ts";
import { hostInUrl } from "./host-in-url.ts";
import { sendProblem } from "./replies.ts";

export interface GuardOptions {
  /** Host names besides the loopback ones that clients may use: the listen address, names in the configuration. */
  readonly hosts: readonly string[];
  /** Which pages of other origins are let in; none without it. */
  readonly cors?: () => CorsSettings;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
/** True of an address or name that only programs of this machine reach. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(hostInUrl(address));
}

/** What a page may send us. Forms and text/plain go out of any page without asking, so they are not among them. */
const WRITE_TYPES = /^(application\/(json|cbor|x-yaml|yaml)|text\/(yaml|x-yaml)|multipart\/form-data)\b/i;

/**
 * Any web page a user visits can send requests to loopback, so every listener checks who is talking (DESIGN §8.9):
 * the Host must be ours (against DNS rebinding), a foreign Origin is refused unless EdgeX's CORSConfiguration lets it in,
 * and what a browser writes must be of a type that needs the same origin, or to ask first.
 */
export function installGuard(app: FastifyInstance, options: GuardOptions): void {
  const known = new Set(options.hosts.map((host) => hostInUrl(host.trim()).toLowerCase()));
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    const { origin } = request.headers;
    const isGuest = origin !== undefined && options.cors !== undefined && isAllowedOrigin(origin, options.cors());
    const problem = refusal(request, known, isGuest);
    if (problem !== undefined) {
      await sendProblem(reply, problem.status, problem.message);
    }
  });
}

function refusal(
  request: FastifyRequest,
  known: ReadonlySet<string>,
  isGuest: boolean,
): { status: number; message: string } | undefined {
  const host = request.headers.host ?? "";
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (!LOOPBACK.test(name) && !known.has(name) && name !== addressOf(request.socket.localAddress ?? "")) {
    return {
      status: 403,
      message: `Host "${host}" is not a name of this machine that we know; add it to Service.AllowedHosts (or --allow-host ${name})`,
    };
  }
  const origin = request.headers.origin;
  const site = request.headers["sec-fetch-site"];
  const fromPage = origin !== undefined || (site !== undefined && site !== "none");
  if (!fromPage) return undefined;
  if (!isGuest && origin !== undefined && !sameOrigin(origin, host)) {
    return { status: 403, message: `requests from pages of ${origin} are refused` };
  }
  if (!isGuest && site !== undefined && site !== "same-origin" && site !== "none") {
    const navigation = request.method === "GET" && request.headers["sec-fetch-mode"] === "navigate";
    if (!navigation) return { status: 403, message: "requests from pages of another site are refused" };
  }
  const type = request.headers["content-type"];
  const writes = request.method !== "GET" && request.method !== "HEAD";
  const hasBody =
    request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
  if (writes && hasBody && !WRITE_TYPES.test(type ?? "")) {
    return { status: 415, message: `a page may send JSON, CBOR, YAML or multipart, not "${type ?? ""}"` };
  }
  return undefined;
}

/** The address a connection came in at, as a browser names it: a page of another name cannot have it as its Host. */
function addressOf(localAddress: string): string {
  return hostInUrl(localAddress.replace(/^::ffff:(?=\d+\.)/i, "")).toLowerCase();
}

function sameOrigin(origin: string, host: string): boolean {
  return /^https?:\/\//i.test(origin) && origin.replace(/^https?:\/\//i, "").toLowerCase() === host.toLowerCase();
}
