import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Nothing is loaded from outside; antd writes its styles into the page. */
const CONTENT_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'self'";

/** Serves the console's files; without a built console, a page that says how to build it. */
export async function servePages(app: FastifyInstance, folder: string): Promise<void> {
  app.addHook("onSend", async (_request, reply) => {
    reply.header("content-security-policy", CONTENT_POLICY);
    reply.header("x-content-type-options", "nosniff");
    reply.header("referrer-policy", "no-referrer");
  });
  if (!existsSync(join(folder, "index.html"))) {
    app.get("/", (_request, reply) =>
      reply
        .code(503)
        .type("text/plain; charset=utf-8")
        .send("The console is not built here: npm start builds it. 控制台尚未构建：请运行 npm start。\n"),
    );
    return;
  }
  const assets = join(folder, "assets");
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: ["index.html"],
    // A kept page of an older version would ask for files that an upgrade has taken away; what lies in assets has a
    // hash of its content in its name.
    setHeaders: (reply, path) =>
      void reply.header("cache-control", path.startsWith(assets) ? "public, max-age=31536000, immutable" : "no-cache"),
  });
}
