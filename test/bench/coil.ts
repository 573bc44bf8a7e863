import { setTimeout as sleep } from "node:timers/promises";
import { type Device, type DeviceProfile, rulesOperations } from "@jx/contracts";
import type { CoilAnswer, CoilQuestion } from "./helpers/coil-server.ts";
import type { OnlookersAnswer, OnlookersQuestion } from "./helpers/onlookers.ts";
import { BenchDevices, benchProfile } from "./parts/bench-device.ts";
import { startBenchEdge } from "./parts/bench-edge.ts";
import { Helper } from "./parts/helper.ts";
import { install, LOAD_PROFILE, loadDevices } from "./parts/load.ts";
import { processorWait } from "./parts/processor-wait.ts";
import { type BenchOptions, figure, type Print, quantile, shown, spread } from "./parts/report.ts";

export const name =
  "coil: a value rises in a Modbus server → the rule's coil is written there; 20 units, one connection";

const UNITS = 20;
const POLL_MS = 50;
const COUNT = 2_000;

/**
 * Over real sockets, the server in a process of its own. Half a poll of the raw time is the wait for the next poll. On
 * a quiet edge, and on one as busy as reaction.ts makes it.
 */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  const count = quick ? 200 : COUNT;
  await using server = new Helper<CoilQuestion, CoilAnswer>("../helpers/coil-server.ts");
  const { port } = await server.ask({ ask: "listen" });
  await using bench = await startBenchEdge();
  await using onlookers = new Helper<OnlookersQuestion, OnlookersAnswer>("../helpers/onlookers.ts");
  const names = Array.from({ length: UNITS }, (_, i) => `unit-${i + 1}`);
  const units = names.map((each, i) => device(each, port, i + 1));
  await install(bench, [PROFILE], units);
  const text = names.map(
    (each) => `rule "${each}" {\n  when "${each}".Temperature > 50 ℃\n  then set "${each}".Stop = true\n}\n`,
  );
  const rules = bench.edge.host.clients.of("rules", rulesOperations);
  await rules.putFile({ file: "coil.pangu", body: { text: text.join("\n") } });
  await measure("quiet", server, count, print);

  await bench.edge.host.start(new BenchDevices(() => undefined).service);
  await install(bench, [benchProfile(LOAD_PROFILE)], loadDevices(0, 200));
  await onlookers.ask({
    gateway: bench.edge.url ?? "",
    coreData: bench.api("core-data"),
    mqttPort: bench.edge.broker?.port ?? 0,
  });
  await measure("20,000 readings/s", server, count, print);
}

async function measure(
  load: string,
  server: Helper<CoilQuestion, CoilAnswer>,
  count: number,
  print: Print,
): Promise<void> {
  await sleep(1_000);
  await server.ask({ ask: "measure", count: 100 });
  await sleep(500);
  const [start, waited] = [performance.now(), processorWait()];
  const { fromRise, fromAnswer } = await server.ask({ ask: "measure", count });
  const share = (processorWait() - waited) / (performance.now() - start);
  print(`${load}: the edge waited ${shown(100 * share)} % of the time for a processor`);
  print(
    `  rise → coil, polled every ${POLL_MS} ms      ${spread(fromRise)}`,
    figure(`${load}: rise to coil, ${POLL_MS} ms polls, p50`, quantile(fromRise, 0.5), "ms"),
    figure(`${load}: rise to coil, ${POLL_MS} ms polls, p99`, quantile(fromRise, 0.99), "ms"),
  );
  print(
    `  answer that tells of it → coil       ${spread(fromAnswer)}`,
    figure(`${load}: answer to coil, p50`, quantile(fromAnswer, 0.5), "ms"),
    figure(`${load}: answer to coil, p99`, quantile(fromAnswer, 0.99), "ms"),
  );
}

const PROFILE: DeviceProfile = {
  name: "bench-unit",
  deviceResources: [
    {
      name: "Temperature",
      attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: 0 },
      properties: { valueType: "Int16", readWrite: "R", units: "℃" },
    },
    {
      name: "Stop",
      attributes: { primaryTable: "COILS", startingAddress: 0 },
      properties: { valueType: "Bool", readWrite: "RW" },
    },
  ],
  deviceCommands: [],
};

function device(name: string, port: number, unit: number): Device {
  return {
    name,
    profileName: PROFILE.name,
    serviceName: "device-modbus",
    adminState: "UNLOCKED",
    operatingState: "UP",
    protocols: {
      "modbus-tcp": {
        Address: "127.0.0.1",
        Port: String(port),
        UnitID: String(unit),
        Timeout: "2s",
        IdleTimeout: "-1",
      },
    },
    autoEvents: [{ sourceName: "Temperature", interval: `${POLL_MS}ms` }],
  };
}
