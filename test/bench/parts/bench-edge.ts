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
  /** Ends the edge and leaves its folder, until it is disposed of: for looking into what it wrote. */
  end(): Promise<void>;
}

/**
 * The whole edge without the demo, in this process, on free ports. Its data folder goes with it, unless it is the
 * caller's own. `more`: further arguments of the program.
 */
export async function startBenchEdge(ownFolder?: string, more: readonly string[] = []): Promise<BenchEdge> {
  const folder = ownFolder ?? mkdtempSync(join(tmpdir(), "jx-bench-"));
  const args = ["--data", folder, "--port", "0", "--mqtt-port", "0", "--no-demo", ...more];
  const options = parseOptions(args, { ...process.env, ...FREE_PORTS, DEVICE_BENCH_SERVICE_PORT: "0" });
  if (options === "help") throw new Error("parseOptions took no arguments for --help");
  const edge = await startEdge(options);
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= Promise.resolve(edge[Symbol.asyncDispose]());
    return ended;
  };
  return {
    edge,
    folder,
    api(service) {
      const port = edge.host.services.find(({ key }) => key === service)?.port;
      return `http://127.0.0.1:${port}/api/v3`;
    },
    end,
    async [Symbol.asyncDispose]() {
      await end();
      if (ownFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
