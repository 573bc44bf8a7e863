/** Cases, messages and the polling loop: edgex-configuration.md §3, "Registry". */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { Registration } from "@jx/contracts";
import { watchHealth } from "./health.ts";
import { contract, refusal } from "./keeper.fixture.ts";
import { memoryStore } from "./store/memory.fixture.ts";

const HEALTH = { interval: "1h", path: "/api/v3/ping", type: "http" };
const service = (fields: Partial<Registration> = {}): Registration => ({
  serviceId: "kp-svc",
  host: "localhost",
  port: 59899,
  HealthCheck: HEALTH,
  ...fields,
});

contract("POST, PUT, GET, DELETE", async (harness) => {
  const h = await harness();
  const { client } = h;
  assert.deepEqual(await client.register({ body: { registration: service() } }), { serviceName: "kp-svc" });
  assert.equal(
    await refusal(client.register({ body: { registration: service() } })),
    "409 registry with service id 'kp-svc' already exists",
  );
  const stored = { created: 1795472792351, modified: 1795472792351, status: "UNKNOWN", ...service() };
  assert.deepEqual(await client.registrationById({ serviceId: "kp-svc" }), { registration: stored });
  await client.updateRegistration({ body: { registration: service({ port: 1, status: "UP" }) } });
  const { registration } = await client.registrationById({ serviceId: "kp-svc" });
  assert.deepEqual(registration, { ...stored, port: 1, status: "UP", modified: 1795472792352 });
  await client.deregister({ serviceId: "kp-svc" });
  assert.equal(
    await refusal(client.registrationById({ serviceId: "kp-svc" })),
    "404 registration not found by serviceId",
  );
  const gone = "404 service id 'kp-svc' not found from registry table";
  assert.equal(await refusal(client.deregister({ serviceId: "kp-svc" })), gone);
  assert.equal(await refusal(client.updateRegistration({ body: { registration: service() } })), gone);
});

contract("status is what the body says if it is one, else UNKNOWN; HALT is hidden from the list", async (harness) => {
  const h = await harness();
  const { client } = h;
  for (const status of ["UP", "DOWN", "HALT", "busy", ""]) {
    await client.register({ body: { registration: service({ serviceId: `s${status}`, status }) } });
  }
  const list = async (deregistered: boolean): Promise<string[]> => {
    const { registrations, totalCount } = await client.allRegistrations({ deregistered });
    assert.equal(totalCount, registrations.length);
    return registrations.map((each) => each.status ?? "");
  };
  assert.deepEqual(await list(false), ["UP", "DOWN", "UNKNOWN", "UNKNOWN"]);
  assert.deepEqual(await list(true), ["UP", "DOWN", "HALT", "UNKNOWN", "UNKNOWN"]);
  assert.equal((await client.registrationById({ serviceId: "sHALT" })).registration.status, "HALT");
});

contract("intervals that EdgeX's keeper accepts and then panics on are refused", async (harness) => {
  const h = await harness();
  for (const interval of ["1d", "0s", "-1s"]) {
    const registration = service({ HealthCheck: { ...HEALTH, interval } });
    assert.equal(
      await refusal(h.client.register({ body: { registration } })),
      `400 health check interval '${interval}' must be a duration such as 10s or 1m30s`,
    );
  }
});

test("the loop asks after half an interval until the service was up once, then every interval", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const asked: number[] = [];
  const reported: boolean[] = [];
  const answers = [false, true, false, true];
  const end = new AbortController();
  let now = 0;
  const registration = service({ HealthCheck: { ...HEALTH, interval: "4s" } });
  const loop = watchHealth(
    registration,
    {
      probe: async () => {
        asked.push(now);
        return answers[asked.length - 1] ?? false;
      },
      report: async (isUp) => void reported.push(isUp),
    },
    end.signal,
  );
  for (now = 1_000; now <= 16_000; now += 1_000) {
    t.mock.timers.tick(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  end.abort();
  await assert.rejects(loop);
  assert.deepEqual(asked, [2_000, 4_000, 8_000, 12_000, 16_000]);
  assert.deepEqual(reported, [false, true, false, true, false]);
});

test("an interval longer than any timer is no flood", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const end = new AbortController();
  let asked = 0;
  const probe = async () => {
    asked += 1;
    return true;
  };
  const registration = service({ HealthCheck: { ...HEALTH, interval: "10000h" } });
  const loop = watchHealth(registration, { probe, report: async () => undefined }, end.signal);
  t.mock.timers.tick(86_400_000);
  await new Promise((resolve) => setImmediate(resolve));
  end.abort();
  await assert.rejects(loop);
  assert.equal(asked, 0);
});

async function listen(t: TestContext, status: () => number): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/api/v3/ping" ? status() : 404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`${what} did not come in 2 s`);
}

contract(
  "over HTTP: 2xx is UP, anything else DOWN; HALT ends the asking; a new start resumes it",
  async (harness, t) => {
    let status = 204;
    let calls = 0;
    const { port } = await listen(t, () => {
      calls += 1;
      return status;
    });
    const store = memoryStore();
    const registration = service({ host: "127.0.0.1", port, HealthCheck: { ...HEALTH, interval: "100ms" } });
    {
      await using first = new AsyncDisposableStack();
      const h = await harness(store, first);
      await h.client.register({ body: { registration } });
      const is = (wanted: string) => async () =>
        (await h.client.registrationById({ serviceId: "kp-svc" })).registration.status === wanted;
      await until("UP", is("UP"));
      const { modified = 0 } = (await h.client.registrationById({ serviceId: "kp-svc" })).registration;
      await until("a renewed stamp", async () => {
        const next = (await h.client.registrationById({ serviceId: "kp-svc" })).registration.modified ?? 0;
        return next > modified;
      });
      status = 503;
      await until("DOWN", is("DOWN"));
    }
    status = 200;
    const again = await harness(store);
    const statusNow = async () => (await again.client.registrationById({ serviceId: "kp-svc" })).registration.status;
    assert.equal(await statusNow(), "DOWN", "the last change was stored");
    await until("UP after a new start", async () => (await statusNow()) === "UP");
    await again.client.updateRegistration({ body: { registration: { ...registration, status: "HALT" } } });
    const asked = calls;
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(calls, asked);
    assert.equal(await statusNow(), "HALT");
  },
);

contract("a service that nobody answers for is DOWN", async (harness, t) => {
  const { server, port } = await listen(t, () => 200);
  server.close();
  const h = await harness();
  const registration = service({ host: "127.0.0.1", port, HealthCheck: { ...HEALTH, interval: "100ms" } });
  await h.client.register({ body: { registration } });
  await until(
    "DOWN",
    async () => (await h.client.registrationById({ serviceId: "kp-svc" })).registration.status === "DOWN",
  );
});
