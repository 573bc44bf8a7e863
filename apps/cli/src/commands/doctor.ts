import { freemem, totalmem } from "node:os";
import type { SystemOverview } from "@jx/contracts";
import type { Command, Context } from "../command.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkMachine } from "../doctor/machine.ts";
import { type Edge, readRunFile } from "../edge-client.ts";
import { EXIT } from "../problem.ts";
import { storeText } from "./status.ts";

export const doctor: Command = {
  name: "doctor",
  summary: {
    zh: "检查本机（端口、磁盘、时钟、Node、数据目录）和系统中的各个服务",
    en: "look at this machine (ports, disk, clock, Node, data folder) and at every service of the system",
  },
  async run(_input, context) {
    const findings = await examine(context);
    if (context.json) context.printJson(findings);
    else for (const finding of findings) show(finding, context);
    const broken = findings.filter(({ state }) => state === "bad").length;
    const doubtful = findings.filter(({ state }) => state === "warn").length;
    if (!context.json) context.print(verdict(broken, doubtful, context));
    return broken === 0 ? EXIT.ok : EXIT.failed;
  },
};

async function examine(context: Context): Promise<Finding[]> {
  const [{ checkData }, { checkConfigFile }, { checkPorts, wantedPorts }, { checkStore }] = await Promise.all([
    import("../doctor/data.ts"),
    import("../doctor/config-file.ts"),
    import("../doctor/ports.ts"),
    import("../doctor/store.ts"),
  ]);
  const { finding, pid, system } = await checkEdge(context);
  // What a container may use counts, not what the machine has.
  const limit = process.constrainedMemory();
  const totalBytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  const freeBytes = Math.min(process.availableMemory() || freemem(), totalBytes);
  const { version: node, platform, arch } = process;
  return [
    finding,
    ...(system === undefined ? [] : await checkRunning(system)),
    ...checkMachine({ node, platform, arch, now: Date.now(), freeBytes, totalBytes }),
    ...(await checkData(context.dataDir, pid)),
    ...(await checkStore(context.dataDir, context.environment)),
    checkConfigFile(context.dataDir),
    // A running edge has the ports it wants; which these are, its own flags and environment decide.
    ...(pid === undefined ? await checkPorts(wantedPorts(context.dataDir, context.environment)) : []),
  ];
}

/** The services of the running edge and those that it knows. */
async function checkRunning(system: () => Promise<SystemOverview>): Promise<Finding[]> {
  const { checkSystem } = await import("../doctor/system.ts");
  return checkSystem(await system());
}

interface Found {
  readonly finding: Finding;
  readonly pid: number | undefined;
  readonly system?: () => Promise<SystemOverview>;
}

async function checkEdge(context: Context): Promise<Found> {
  let edge: Edge;
  try {
    readRunFile(context.dataDir);
    edge = await context.edge();
    const { gateway } = edge;
    const { version, store } = await gateway.status({});
    const { url, pid } = edge.run;
    const text = {
      zh: `边缘 ${version} 正在运行：${url}（pid ${pid}），存储 ${storeText(store).zh}`,
      en: `edge ${version} is running: ${url} (pid ${pid}), store ${storeText(store).en}`,
    };
    return { finding: { check: "edge", state: "ok", text }, pid, system: () => gateway.system({}) };
  } catch {
    const { runningAlone } = await import("../doctor/alone.ts");
    return (await runningAlone(context.dataDir)) ?? NOTHING_RUNS;
  }
}

const NOTHING_RUNS: Found = {
  finding: {
    check: "edge",
    state: "ok",
    text: {
      zh: "没有正在运行的边缘；以下检查它能否启动",
      en: "no edge is running; what follows is whether one could start",
    },
  },
  pid: undefined,
};

function show({ state, text, help }: Finding, { paint, language, print }: Context): void {
  const mark = state === "ok" ? paint.good("✓") : state === "warn" ? paint.warn("!") : paint.bad("✗");
  print(`${mark} ${text[language]}`);
  if (help !== undefined) print(`    ${help[language]}`);
}

function verdict(broken: number, doubtful: number, { say, paint }: Context): string {
  if (broken > 0) return paint.bad(say(`\n${broken} 个问题需要解决。`, `\n${broken} problem(s) to solve.`));
  if (doubtful > 0)
    return paint.warn(say(`\n可以运行；有 ${doubtful} 处提醒。`, `\nIt can run; ${doubtful} thing(s) to know.`));
  return paint.good(say("\n一切正常。", "\nAll is well."));
}
