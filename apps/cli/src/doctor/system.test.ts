import assert from "node:assert/strict";
import { test } from "node:test";
import type { SystemOverview, SystemService } from "@jx/contracts";
import { checkSystem } from "./system.ts";

const UP: SystemService = {
  serviceId: "core-keeper",
  here: true,
  address: "http://box:59890",
  status: "UP",
  version: "4.1.0",
};
const QUIET: SystemOverview = { services: [UP], queues: [], drops: [{ kind: "bus", name: "", count: 0 }] };

const states = (overview: SystemOverview) => new Map(checkSystem(overview).map(({ check, state }) => [check, state]));

test("a quiet system is well", () => {
  assert.deepEqual(
    [...states(QUIET)],
    [
      ["service core-keeper", "ok"],
      ["queues", "ok"],
      ["drops", "ok"],
    ],
  );
});

test("our own service that does not answer is a fault; somebody else's is to be known, with how to forget it", () => {
  const service = (serviceId: string, here: boolean, status: SystemService["status"]) => ({
    ...UP,
    serviceId,
    here,
    status,
  });
  const services = [
    UP,
    service("core-data", true, "DOWN"),
    service("app 1", false, "DOWN"),
    service("new", false, "UNKNOWN"),
  ];
  const findings = checkSystem({ ...QUIET, services });
  assert.deepEqual(
    findings.slice(0, 4).map(({ state }) => state),
    ["ok", "bad", "warn", "warn"],
  );
  assert.match(
    findings[2]?.help?.en ?? "",
    /curl -X DELETE http:\/\/box:59890\/api\/v3\/registry\/serviceId\/app%201$/,
  );
});

test("a service that runs and cannot write is a fault", () => {
  const [finding] = checkSystem({ ...QUIET, services: [{ ...UP, storeAway: true }] });
  assert.equal(finding?.state, "bad");
  assert.match(finding?.text.en ?? "", /database server is away: core-keeper/);
});

test("long queues, losses and a silent registry are told by name", () => {
  const overview: SystemOverview = {
    services: [UP],
    registryProblem: "core-keeper: no answer",
    queues: [
      { kind: "bus", name: "core-data", count: 1_001 },
      { kind: "bus", name: "rules", count: 1_000 },
    ],
    drops: [
      { kind: "log", name: "", count: 0 },
      { kind: "polls", name: "device-modbus", count: 7 },
    ],
  };
  assert.deepEqual(
    [...states(overview)],
    [
      ["service core-keeper", "ok"],
      ["registry", "bad"],
      ["queue bus core-data", "warn"],
      ["dropped polls device-modbus", "warn"],
    ],
  );
});
