import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Edge, startEdge } from "../../../apps/edge/src/edge.ts";
import { parseOptions } from "../../../apps/edge/src/options.ts";
import { FREE_PORTS } from "../../support/edge-process.ts";

export interface BenchEdge extends AsyncDisposable {
  readonly edge: Edge;
  readonly folder: string;
  /** Where a service listens: "http://127.0.0.1:40002/api/v3". */
  api(service: string): string;
}

/** The whole edge without the demo, in this process, on free ports and a data folder that goes with it. */
export async function startBenchEdge(): Promise<BenchEdge> {
  const folder = mkdtempSync(join(tmpdir(), "jx-bench-"));
  const args = ["--data", folder, "--port", "0", "--mqtt-port", "0", "--no-demo"];
  const options = parseOptions(args, { ...process.env, ...FREE_PORTS, DEVICE_BENCH_SERVICE_PORT: "0" });
  if (options === "help") throw new Error("parseOptions took no arguments for --help");
  const edge = await startEdge(options);
  return {
    edge,
    folder,
    api(service) {
      const port = edge.host.services.find(({ key }) => key === service)?.port;
      return `http://127.0.0.1:${port}/api/v3`;
    },
    async [Symbol.asyncDispose]() {
      await edge[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
