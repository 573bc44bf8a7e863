import { randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

export interface AccessOptions {
  /** False on loopback: who can reach it is on this machine. */
  readonly required: boolean;
  /** For programs on this machine (jx): kept in a file only the owner can read. */
  readonly adminToken: string;
}

const COOKIE = "jx_session";
/** Keeper asks it to see whether the gateway is up; it tells no more than that. */
const PING = "/api/v3/ping";
const MAX_SESSIONS = 64;

/**
 * Access to the gateway when it listens beyond loopback: a one-time token in the printed link becomes a session
 * cookie. Users, roles and transport security come with the security service; until then this keeps strangers out.
 */
export class Access {
  readonly #options: AccessOptions;
  readonly #sessions = new Set<string>();
  #oneTime: string | undefined;

  constructor(options: AccessOptions) {
    this.#options = options;
    if (options.required) this.#oneTime = newToken();
  }

  /** Put it behind "/?token=": good for one sign-in; undefined once used. */
  get oneTimeToken(): string | undefined {
    return this.#oneTime;
  }

  get adminToken(): string {
    return this.#options.adminToken;
  }

  install(app: FastifyInstance): void {
    if (!this.#options.required) return;
    app.addHook("onRequest", async (request, reply) => {
      if (request.url === PING || this.#known(request)) return undefined;
      if (await this.#signIn(request, reply)) return reply;
      return reply
        .code(401)
        .type("text/plain; charset=utf-8")
        .send(
          "未授权：请使用启动时打印的一次性链接登录；在本机运行 jx status --link 可取得新的链接。\n" +
            "Not signed in: use the one-time link printed at start; `jx status --link` on the box prints a new one.\n",
        );
    });
  }

  /** A new one-time token, for a user of this machine. */
  renew(): string {
    this.#oneTime = newToken();
    return this.#oneTime;
  }

  #known(request: FastifyRequest): boolean {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (bearer !== undefined && same(bearer, this.#options.adminToken)) return true;
    const session = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? "")?.[1];
    return session !== undefined && this.#sessions.has(session);
  }

  async #signIn(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const token = new URLSearchParams(request.url.split("?")[1] ?? "").get("token");
    if (token === null || this.#oneTime === undefined || !same(token, this.#oneTime)) return false;
    this.#oneTime = undefined;
    const session = newToken();
    if (this.#sessions.size >= MAX_SESSIONS) this.#sessions.delete(this.#sessions.values().next().value ?? "");
    this.#sessions.add(session);
    // A page that goes on to "/" by itself, not a redirect: a redirect of a link that was clicked on another site (a
    // mail, a chat) still counts as that site's request, and the browser would hold the new cookie back.
    await reply
      .header("set-cookie", `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/`)
      .header("cache-control", "no-store")
      .type("text/html; charset=utf-8")
      .send('<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>JX Edge</title>');
    return true;
  }
}

export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
