import type { RunFile } from "@jx/contracts";
import type { Command } from "../command.ts";
import { readRunFile } from "../edge-client.ts";
import { VERSION } from "../version.ts";

export const version: Command = {
  name: "version",
  summary: { zh: "显示本程序和正在运行的边缘的版本", en: "show the version of this program and of the running edge" },
  async run(_input, context) {
    const edge = running(context.dataDir);
    if (context.json) context.printJson({ jx: VERSION, node: process.version, edge: edge?.version ?? null });
    else {
      context.print(`jx ${VERSION}  (Node ${process.version}, ${process.platform} ${process.arch})`);
      if (edge !== undefined) {
        context.print(context.say(`正在运行的边缘：${edge.version}`, `the running edge is ${edge.version}`));
      }
    }
    return 0;
  },
};

function running(dataDir: string): RunFile | undefined {
  try {
    return readRunFile(dataDir);
  } catch {
    return undefined;
  }
}
