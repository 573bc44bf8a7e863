import { modbusDriver } from "@jx/device-modbus";
import { type BenchOptions, figure, median, type Print, shown } from "./parts/report.ts";
import { withResponder } from "./with-responder.ts";

export const name = "modbus: one connection on loopback, 1,000 Float32 in 2,000 neighbouring registers";

const TAGS = 1000;
const ROUND_MS = 1000;
const ROUNDS = 5;

/** Tags per second with one read per tag and with coalesced reads, in turns; and the processor time of the latter. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  await withResponder(1, ([port = 0]) => measure(port, quick ? 1 : ROUNDS, print));
}

async function measure(port: number, count: number, print: Print): Promise<void> {
  const properties = { Address: "127.0.0.1", Port: port, UnitID: 1 };
  const context = { signal: new AbortController().signal, timeoutMs: 2000 };
  await using session = await modbusDriver.open(properties, {
    signal: context.signal,
    log: { debug: () => undefined, warn: () => undefined },
  });
  const resources = Array.from({ length: TAGS }, (_, i): Parameters<typeof modbusDriver.plan>[0][number] => {
    const attributes = { primaryTable: "HOLDING_REGISTERS", startingAddress: i * 2 };
    return {
      name: `t${i}`,
      valueType: "Float32",
      attributes,
      resource: { name: `t${i}`, properties: { valueType: "Float32", readWrite: "R" }, attributes },
    };
  });
  const single = resources.flatMap((resource) => modbusDriver.plan([resource], properties));
  const coalesced = modbusDriver.plan(resources, properties);

  /** Tags per second, and seconds of processor time per 100,000 tags (this process only, not the server's). */
  const round = async (batches: typeof coalesced): Promise<{ rate: number; cpu: number }> => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    let tags = 0;
    for (let i = 0; performance.now() - start < ROUND_MS; i = (i + 1) % batches.length) {
      const batch = batches[i];
      if (batch !== undefined) tags += (await session.read(batch, properties, context)).length;
    }
    const { user, system } = process.cpuUsage(cpu);
    return { rate: (tags / (performance.now() - start)) * 1000, cpu: ((user + system) / 1e6 / tags) * 100_000 };
  };

  await round(single);
  await round(coalesced);
  const rounds: { single: number; coalesced: number; ratio: number; cpu: number }[] = [];
  for (let i = 0; i < count; i++) {
    const one = await round(single);
    const many = await round(coalesced);
    rounds.push({ single: one.rate, coalesced: many.rate, ratio: many.rate / one.rate, cpu: many.cpu });
  }
  const one = median(rounds.map((each) => each.single));
  const many = median(rounds.map((each) => each.coalesced));
  const ratio = median(rounds.map((each) => each.ratio));
  const cpu = median(rounds.map((each) => each.cpu));
  const cell = (value: number): string => shown(value).padStart(9);
  print(
    `one read per tag      ${cell(one)} tags/s  (${single.length} exchanges a cycle)`,
    figure("one read per tag", one, "tags/s"),
  );
  print(
    `coalesced             ${cell(many)} tags/s  (${coalesced.length} exchanges a cycle)`,
    figure("coalesced", many, "tags/s"),
  );
  print(
    `ratio                 ${cell(ratio)} ×       (medians of ${count} interleaved rounds of ${ROUND_MS / 1000} s)`,
    figure("ratio", ratio, "×", { atLeast: 10 }),
  );
  print(`100,000 tags/s take   ${cell(cpu * 100)} %       of one core, driver and decoding, without the server`);
}
