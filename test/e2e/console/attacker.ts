/** A web page somebody is lured to: it tries all that a page can try against an edge on this machine. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** Serves the page on loopback, under whatever name a browser is told. Gives the port. */
export function serveAttacker(t: TestContext): Promise<number> {
  return serve(t, (_request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end("<!doctype html><title>hostile</title><body></body>");
  });
}

/** A server without any guard: shows what of the attacks arrives where nobody refuses it. */
export async function serveUnguarded(t: TestContext): Promise<{ url: string; seen: Map<string, number> }> {
  const seen = new Map<string, number>();
  const port = await serve(t, ({ method = "" }, response) => {
    seen.set(method, (seen.get(method) ?? 0) + 1);
    response.end("");
  });
  return { url: `http://127.0.0.1:${port}`, seen };
}

async function serve(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address() as AddressInfo | null;
  return address?.port ?? assert.fail("the server has no port");
}

export interface Attack {
  /** What is attacked: the gateway, or a service's own port. */
  readonly target: string;
  /** A path that can be read there. */
  readonly read: string;
  /** A write, and what it would say. */
  readonly write: { readonly method: string; readonly path: string; readonly body: string };
}

/**
 * The attacks, as the text of a function that runs in the page and gives what each one got: "" is nothing.
 * Simple requests (no preflight), preflighted ones, forms, beacons, streams, scripts, frames.
 */
export function attackScript({ target, read, write }: Attack): string {
  return `(async () => {
    const target = ${JSON.stringify(target)}, read = target + ${JSON.stringify(read)};
    const write = target + ${JSON.stringify(write.path)}, body = ${JSON.stringify(write.body)};
    const method = ${JSON.stringify(write.method)};
    const got = {};
    const attempt = async (name, work) => { try { got[name] = await work(); } catch { got[name] = ""; } };
    await attempt("read", async () => (await fetch(read)).text());
    await attempt("read without cors", async () => (await fetch(read, { mode: "no-cors" })).text());
    await attempt("preflighted write", async () =>
      (await fetch(write, { method, body, headers: { "content-type": "application/json" } })).text());
    for (const type of ["text/plain", "application/x-www-form-urlencoded"])
      await attempt("simple write as " + type, async () =>
        (await fetch(write, { method: "POST", mode: "no-cors", body, headers: { "content-type": type } })).text());
    await attempt("write without a body", async () => (await fetch(write, { method: "POST", mode: "no-cors" })).text());
    await attempt("beacon", async () => {
      navigator.sendBeacon(write, new Blob([body], { type: "text/plain" }));
      return "";
    });
    await attempt("stream", () => new Promise((resolve) => {
      const source = new EventSource(target + "/api/v3/live");
      source.onerror = () => { source.close(); resolve(""); };
      for (const name of ["readings", "rules", "status"])
        source.addEventListener(name, ({ data }) => { source.close(); resolve(data); });
      setTimeout(() => resolve(""), 2000);
    }));
    await attempt("script", () => new Promise((resolve) => {
      const script = document.createElement("script");
      script.onload = () => resolve("loaded"); script.onerror = () => resolve("");
      script.src = read; document.body.append(script);
    }));
    await attempt("image", () => new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve("loaded"); image.onerror = () => resolve("");
      image.src = read;
    }));
    const frames = new Map();
    const frameFor = (name) => {
      const frame = document.createElement("iframe");
      frame.name = name;
      document.body.append(frame);
      frames.set(name, frame);
      return frame;
    };
    frameFor("frame").src = target + "/";
    for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const form = document.createElement("form");
      form.action = write; form.method = "post"; form.enctype = enctype;
      form.target = frameFor("form as " + enctype).name;
      const field = document.createElement("input");
      // As text/plain a form can send a JSON document: the name '{"a":"b","x":"' and the value '"}'.
      field.name = body.slice(0, -1) + ',"x":"'; field.value = '"}';
      form.append(field); document.body.append(form);
      form.submit();
    }
    await new Promise((resolve) => setTimeout(resolve, 700));
    for (const [name, frame] of frames)
      await attempt(name, async () => frame.contentDocument?.body?.innerText ?? "");
    return got;
  })()`;
}
