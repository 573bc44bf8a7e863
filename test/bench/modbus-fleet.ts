import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Device, DeviceProfile, EventMessage } from "@jx/contracts";
import { deviceModbus } from "@jx/device-modbus";
import { bench, KEY } from "@jx/device-sdk/test-parts";
import { type BenchOptions, figure, type Print, quantile, spread } from "./parts/report.ts";
import { withResponder } from "./with-responder.ts";

export const name = "modbus fleet: 200 devices on 200 connections, 50 registers each, every second";

const DEVICES = 200;
const REGISTERS = 50;
const PERIOD_MS = 1000;
const WARM_UP_MS = 2000;
const SECONDS = 10;

/** Missed periods, how far apart the events of one device came, and what it cost. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  await withResponder(DEVICES, (ports) => measure(ports, quick ? 2 : SECONDS, print));
}

const resources = Array.from({ length: REGISTERS }, (_, i) => ({
  name: `R${i}`,
  attributes: { primaryTable: "HOLDING_REGISTERS", startingAddress: i },
  properties: { valueType: "Int16", readWrite: "R" as const },
}));
const profile: DeviceProfile = {
  name: "fifty-registers",
  deviceResources: resources,
  deviceCommands: [
    {
      name: "All",
      readWrite: "R",
      resourceOperations: resources.map(({ name: deviceResource }) => ({ deviceResource })),
    },
  ],
};

function deviceAt(port: number, i: number): Device {
  return {
    name: `device-${i}`,
    profileName: profile.name,
    serviceName: KEY,
    adminState: "UNLOCKED",
    operatingState: "UP",
    protocols: { "modbus-tcp": { Address: "127.0.0.1", Port: port, UnitID: 1, Timeout: "500ms" } },
    autoEvents: [{ interval: `${PERIOD_MS}ms`, sourceName: "All" }],
  };
}

async function measure(ports: readonly number[], seconds: number, print: Print): Promise<void> {
  const parts = bench();
  parts.metadata.profiles.set(profile.name, profile);
  for (const [i, port] of ports.entries()) parts.metadata.devices.set(`device-${i}`, deviceAt(port, i));
  const last = new Map<string, number>();
  const gaps: number[] = [];
  const options = { name: "bench", policy: "drop-oldest", capacity: 10_000 } as const;
  parts.bus.subscribe("edgex/events/device/#", options, (message) => {
    const { deviceName } = (message as EventMessage).event;
    const now = performance.now();
    const before = last.get(deviceName);
    if (before !== undefined) gaps.push(now - before);
    last.set(deviceName, now);
  });
  await using service = await deviceModbus.start(parts.context);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));

  gaps.length = 0;
  const skippedBefore = skipped(service.health());
  const cpu = process.cpuUsage();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  const expected = DEVICES * seconds;
  // The window cuts one period per device at either end; a poll left out shows as a gap of two periods.
  const missed = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / PERIOD_MS) - 1), 0);
  const late = gaps.map((gap) => Math.abs(gap - PERIOD_MS));
  print(
    `events                ${gaps.length} of about ${expected}; ${missed} periods missed, ${skipped(service.health()) - skippedBefore} polls skipped`,
    figure("missed periods", missed, "", { atMost: 0 }),
  );
  print(`off the period        ${spread(late)}`, figure("off the period, p99", quantile(late, 0.99), "ms"));
  print(
    `processor             ${((user + system) / 1e4 / seconds).toFixed(1)} % of one core for ${DEVICES * REGISTERS} readings/s, event building and bus included`,
  );
  print(
    `loop delay            p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, resident ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`,
  );
}

function skipped(health: readonly { readonly skippedPolls: number }[]): number {
  return health.reduce((sum, { skippedPolls }) => sum + skippedPolls, 0);
}
