/**
 * A simulated keeper: what EdgeX's Go keeper answers, transcribed, not ours, so that our services meet somebody else's words. Source:
 * edgex-configuration.md §1 and §3, lines marked [ran] (seen on edgex-go 4.1-dev). Its quirks are kept: lists are lost by
 * flatten, and a refused DELETE removes the key itself.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

interface Row {
  readonly key: string;
  readonly Created: number;
  readonly Modified: number;
  readonly value: string;
}

export interface SimulatedGoKeeper extends AsyncDisposable {
  readonly address: string;
  /** "PUT edgex/v4/core-data/Writable/LogLevel?flatten=false", in order. */
  readonly requests: readonly string[];
  readonly rows: ReadonlyMap<string, Row>;
  readonly registrations: ReadonlyMap<string, Record<string, unknown>>;
  /** Writes a key as a client would, notice and all. */
  put(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Sends a text to a topic of the message bus. */
export type Publish = (topic: string, text: string) => Promise<void>;

const KEY = /^[a-zA-Z0-9\-_~;=./%]+$/;
const BAD_KEY = "key only allows characters between a to z, A to Z, 0 to 9, or one of -_ ~;=./%";

export async function startSimulatedGoKeeper(
  publish: Publish,
  seed: Readonly<Record<string, string>>,
): Promise<SimulatedGoKeeper> {
  const rows = new Map<string, Row>();
  const registrations = new Map<string, Record<string, unknown>>();
  const requests: string[] = [];
  for (const [key, value] of Object.entries(seed)) store(key, value);

  function store(key: string, value: string): void {
    const now = Date.now();
    const Created = rows.get(key)?.Created ?? now;
    rows.delete(key);
    rows.set(key, { key, Created, Modified: now, value });
  }

  const under = (prefix: string): Row[] =>
    [...rows.values()].filter(({ key }) => key === prefix || key.startsWith(`${prefix}/`));

  /** Sent after the store; on DELETE there is no value member. */
  function tell(key: string, value?: unknown): Promise<void> {
    const payload = { key, Created: 0, Modified: 0, ...(value === undefined ? {} : { value }) };
    const head = { apiVersion: "v3", receivedTopic: "", correlationID: randomUUID(), requestID: "", errorCode: 0 };
    return publish(`edgex/configs/${key}`, JSON.stringify({ ...head, payload, contentType: "application/json" }));
  }

  async function keys(method: string, key: string, query: URLSearchParams, body: string): Promise<[number, object]> {
    if (!KEY.test(key)) return refused(400, BAD_KEY);
    const found = under(key);
    if (method === "PUT") {
      const { value } = JSON.parse(body) as { value?: unknown };
      if (value === undefined || value === null) return refused(400, "the value field is undefined");
      const texts = query.get("flatten") === "true" ? flat(key, value) : [[key, text(value)] as const];
      for (const [name, each] of texts) store(name, each);
      void tell(key, value);
      return [200, ok(200, { response: texts.map(([name]) => name) })];
    }
    if (found.length === 0) {
      return refused(404, method === "GET" ? `no key starting with '${key}' found` : `key '${key}' not found`);
    }
    if (method === "GET") {
      if (query.get("keyOnly") === "true") return [200, ok(200, { response: found.map((row) => row.key) })];
      const raw = query.get("plaintext") === "true";
      const response = found.map((row) => ({ ...row, value: raw ? row.value : btoa(row.value) }));
      return [200, ok(200, { response })];
    }
    rows.delete(key);
    if (query.get("prefixMatch") !== "true" && under(key).length > 0) {
      return refused(409, `keys having the same prefix ${key} exist and cannot be deleted`);
    }
    for (const row of found) rows.delete(row.key);
    void tell(key);
    return [200, ok(200, { response: found.map((row) => row.key) })];
  }

  function registry(method: string, rest: string, body: string): [number, object | undefined] {
    const id = decodeURIComponent(rest.replace(/^\/serviceId\//, ""));
    if (method === "GET") {
      const registration = registrations.get(id);
      if (registration === undefined) return refused(404, "registration not found by serviceId");
      return [200, ok(200, { registration })];
    }
    const { apiVersion, registration } = JSON.parse(body) as {
      apiVersion?: string;
      registration: Record<string, unknown> & { serviceId: string; HealthCheck?: { interval?: string } };
    };
    if (apiVersion === undefined) {
      return refused(400, "AddRegistrationRequest.BaseRequest.Versionable.ApiVersion field is required");
    }
    if (registration.HealthCheck?.interval === undefined) {
      return refused(400, "AddRegistrationRequest.Registration.HealthCheck.Interval field is required");
    }
    const { serviceId } = registration;
    if (method === "POST" && registrations.has(serviceId)) {
      return refused(409, `registry with service id '${serviceId}' already exists`);
    }
    if (method === "PUT" && !registrations.has(serviceId)) {
      return refused(404, `service id '${serviceId}' not found from registry table`);
    }
    registrations.set(serviceId, registration);
    return method === "POST" ? [201, ok(201, { serviceName: serviceId })] : [204, undefined];
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", "http://keeper");
    const path = url.pathname.replace(/^\/api\/v3/, "");
    const method = request.method ?? "GET";
    let status = 404;
    let out: object | undefined = { message: "Not Found" };
    if (path.startsWith("/kvs/key/")) {
      const key = decodeURIComponent(path.slice("/kvs/key/".length));
      requests.push(`${method} ${key}${url.search}`);
      [status, out] = await keys(method, key, url.searchParams, body);
    } else if (path.startsWith("/registry")) {
      requests.push(`${method} ${path}`);
      [status, out] = registry(method, path.slice("/registry".length), body);
    }
    response.writeHead(status, { "content-type": "application/json" });
    response.end(out === undefined ? undefined : JSON.stringify(out));
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    rows,
    registrations,
    async put(key, value) {
      store(key, value);
      await tell(key, value);
    },
    async remove(key) {
      rows.delete(key);
      await tell(key);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function ok(statusCode: number, more: object): object {
  return { apiVersion: "v3", statusCode, ...more };
}

function refused(statusCode: number, message: string): [number, object] {
  return [statusCode, { apiVersion: "v3", message, statusCode }];
}

function text(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function flat(key: string, value: unknown): [string, string][] {
  if (value === null) return [];
  if (Array.isArray(value)) return [[key, ""]];
  if (typeof value !== "object") return [[key, String(value)]];
  return Object.entries(value).flatMap(([name, inner]) => flat(`${key}/${name}`, inner));
}

const COMMON = "edgex/v4/core-common-config-bootstrapper";

/**
 * Of the 97 keys that EdgeX's bootstrapper leaves (edgex-configuration.md §1), those that our services read, and some
 * that they do not.
 */
export function commonKeys(bus: { readonly port: number }): Record<string, string> {
  const all = {
    "Writable/InsecureSecrets/DB/SecretName": "postgres",
    "Writable/InsecureSecrets/DB/SecretData/username": "postgres",
    "Writable/InsecureSecrets/DB/SecretData/password": "postgres",
    "Writable/Telemetry/Interval": "30s",
    "Writable/Telemetry/Metrics/SecuritySecretsRequested": "false",
    "Writable/Telemetry/Metrics/SecuritySecretsStored": "false",
    "Service/HealthCheckInterval": "10s",
    "Service/ServerBindAddr": "",
    "Service/MaxResultCount": "1024",
    "Service/MaxRequestSize": "0",
    "Service/RequestTimeout": "5s",
    "Service/EnableNameFieldEscape": "false",
    "Service/SecurityOptions/Mode": "",
    "Service/CORSConfiguration/EnableCORS": "false",
    "Service/CORSConfiguration/CORSMaxAge": "3600",
    "Registry/Host": "localhost",
    "Registry/Port": "59890",
    "Registry/Type": "keeper",
    "Database/Host": "localhost",
    "MessageBus/Protocol": "mqtt",
    "MessageBus/Host": "127.0.0.1",
    "MessageBus/Port": String(bus.port),
    "MessageBus/Type": "mqtt",
    "MessageBus/AuthMode": "none",
    "MessageBus/SecretName": "mqtt-bus",
    "MessageBus/BaseTopicPrefix": "edgex",
    "MessageBus/Optional/Qos": "0",
  };
  const device = {
    MaxEventSize: "0",
    "Writable/Reading/ReadingUnits": "true",
    "Device/DataTransform": "true",
    "Device/MaxCmdOps": "12800",
  };
  const section = (name: string, keys: object) =>
    Object.entries(keys).map(([key, value]) => [`${COMMON}/${name}/${key}`, value as string] as const);
  return Object.fromEntries([
    ...section("all-services", all),
    ...section("device-services", device),
    [`${COMMON}/IsCommonConfigReady`, "true"],
  ]);
}
