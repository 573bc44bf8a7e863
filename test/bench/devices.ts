import type { RestAnswer, RestQuestion } from "./helpers/rest-caller.ts";
import { BenchDevices, benchDevice, benchProfile } from "./parts/bench-device.ts";
import { type BenchEdge, startBenchEdge } from "./parts/bench-edge.ts";
import { Helper } from "./parts/helper.ts";
import { temporaryFolder } from "./parts/launch.ts";
import { install } from "./parts/load.ts";
import { watchLoop } from "./parts/loop-watch.ts";
import { type BenchOptions, figure, type Print, quantile, shown, spread } from "./parts/report.ts";

export const name = "devices: 10,000 devices in metadata: added in batches over REST, listed, and the edge restarted";

const BATCH = 500;
/** EdgeX's Service.MaxResultCount: the longest page. */
const PAGE = 1_024;
const PROFILE = "bench-many";

/** The device service is there and validates each, as EdgeX asks; the caller is a process of its own. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  const count = quick ? BATCH : 10_000;
  using folder = temporaryFolder();
  await using caller = new Helper<RestQuestion, RestAnswer>("../helpers/rest-caller.ts");
  {
    await using bench = await startBenchEdge(folder.path);
    await bench.edge.host.start(new BenchDevices(() => undefined).service);
    await install(bench, [benchProfile(PROFILE)], []);
    await add(bench, caller, count, print);
    await list(bench, caller, count, print);
  }
  const start = performance.now();
  await using bench = await startBenchEdge(folder.path);
  const ready = performance.now() - start;
  const { text } = await caller.ask({ method: "GET", url: `${bench.api("core-metadata")}/device/all?limit=1` });
  const found = (JSON.parse(text) as { totalCount: number }).totalCount;
  print(
    `restart: the edge is up in ${shown(ready)} ms with ${found.toLocaleString("en")} devices`,
    figure(`restart with ${count} devices`, ready, "ms"),
    figure("devices lost", count - found, "", { atMost: 0 }),
  );
  print(`resident afterwards ${shown(process.memoryUsage.rss() / 2 ** 20)} MB`);
}

type Caller = Helper<RestQuestion, RestAnswer>;

async function add(bench: BenchEdge, caller: Caller, count: number, print: Print): Promise<void> {
  const times: number[] = [];
  const report = watchLoop();
  for (let from = 0; from < count; from += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, i) => ({
      apiVersion: "v3",
      device: benchDevice(`many-${from + i}`, PROFILE),
    }));
    const url = `${bench.api("core-metadata")}/device`;
    const { text, ms } = await caller.ask({ method: "POST", url, body: JSON.stringify(batch) });
    const refused = (JSON.parse(text) as { statusCode: number; message?: string }[]).find(
      ({ statusCode }) => statusCode !== 201,
    );
    if (refused !== undefined) throw new Error(`a device was refused: ${JSON.stringify(refused)}`);
    times.push(ms);
  }
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const { delayP99, delayWorst } = report();
  print(
    `${count.toLocaleString("en")} added in batches of ${BATCH}: ${shown((count * 1_000) / total)} devices/s; a batch ${spread(times)}`,
    figure("devices added", (count * 1_000) / total, "devices/s"),
    figure(`a batch of ${BATCH}, p50`, quantile(times, 0.5), "ms"),
  );
  print(`  loop delay meanwhile p99 ${shown(delayP99)} ms, worst ${shown(delayWorst)} ms`);
}

async function list(bench: BenchEdge, caller: Caller, count: number, print: Print): Promise<void> {
  const times: number[] = [];
  const names = new Set<string>();
  for (let offset = 0; offset < count; offset += PAGE) {
    const url = `${bench.api("core-metadata")}/device/all?offset=${offset}&limit=${PAGE}`;
    const { text, ms } = await caller.ask({ method: "GET", url });
    for (const device of (JSON.parse(text) as { devices: { name: string }[] }).devices) names.add(device.name);
    times.push(ms);
  }
  const [total, byName] = [times.reduce((sum, ms) => sum + ms, 0), [] as number[]];
  print(
    `all listed in pages of ${PAGE}: ${shown(total)} ms, a page ${spread(times)}; ${count - names.size} missing`,
    figure(`a page of ${PAGE} devices, p50`, quantile(times, 0.5), "ms"),
    figure("devices missing in the list", count - names.size, "", { atMost: 0 }),
  );
  for (let i = 0; i < 100; i += 1) {
    const url = `${bench.api("core-metadata")}/device/name/many-${(i * 97) % count}`;
    byName.push((await caller.ask({ method: "GET", url })).ms);
  }
  print(`one by name: ${spread(byName)}`, figure("a device by name, p50", quantile(byName, 0.5), "ms"));
}
