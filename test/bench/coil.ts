import { setTimeout as sleep } from "node:timers/promises";
import { type Device, type DeviceProfile, metadataOperations, rulesOperations } from "@jx/contracts";
import type { CoilAnswer, CoilQuestion } from "./helpers/coil-server.ts";
import { startBenchEdge } from "./parts/bench-edge.ts";
import { Helper } from "./parts/helper.ts";
import { processorWait } from "./parts/processor-wait.ts";
import { type BenchOptions, figure, type Print, quantile, shown, spread } from "./parts/report.ts";

export const name =
  "coil: a value rises in a Modbus server → the rule's coil is written there; 20 units, one connection";

const UNITS = 20;
const POLL_MS = 50;
const COUNT = 2_000;

/** Over real sockets, the server in a process of its own. Half a poll of the raw time is the wait for the next poll. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  await using server = new Helper<CoilQuestion, CoilAnswer>("../helpers/coil-server.ts");
  const { port } = await server.ask({ ask: "listen" });
  await using bench = await startBenchEdge();
  const { clients } = bench.edge.host;
  const metadata = clients.of("core-metadata", metadataOperations);
  await metadata.addProfiles({ body: [{ profile: PROFILE }] });
  const names = Array.from({ length: UNITS }, (_, i) => `unit-${i + 1}`);
  await metadata.addDevices({ body: names.map((each, i) => ({ device: device(each, port, i + 1) })) });
  const text = names.map(
    (each) => `rule "${each}" {\n  when "${each}".Temperature > 50 ℃\n  then set "${each}".Stop = true\n}\n`,
  );
  await clients.of("rules", rulesOperations).putFile({ file: "coil.pangu", body: { text: text.join("\n") } });
  await sleep(1_000);
  await server.ask({ ask: "measure", count: 100 });

  await sleep(500);
  const [start, waited] = [performance.now(), processorWait()];
  const { fromRise, fromAnswer } = await server.ask({ ask: "measure", count: quick ? 200 : COUNT });
  const share = (processorWait() - waited) / (performance.now() - start);
  print(
    `rise → coil, polled every ${POLL_MS} ms      ${spread(fromRise)}`,
    figure(`rise to coil, ${POLL_MS} ms polls, p50`, quantile(fromRise, 0.5), "ms"),
    figure(`rise to coil, ${POLL_MS} ms polls, p99`, quantile(fromRise, 0.99), "ms"),
  );
  print(
    `answer that tells of it → coil       ${spread(fromAnswer)}`,
    figure("answer to coil, p50", quantile(fromAnswer, 0.5), "ms"),
    figure("answer to coil, p99", quantile(fromAnswer, 0.99), "ms"),
  );
  print(`the edge waited ${shown(100 * share)} % of the time for a processor`);
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
