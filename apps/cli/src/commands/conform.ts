import { randomUUID } from "node:crypto";
import type { ServiceContract } from "@jx/conformance";
import type { Client, Table } from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { type Command, type Context, type Input, operand } from "../command.ts";
import { type Target, targetsOf } from "../conform/addresses.ts";
import { passes, type ServiceReport, serviceText } from "../conform/report.ts";
import { EXIT, problem } from "../problem.ts";

export const conform: Command = {
  name: "conform",
  operands: "HOST",
  count: [1, 1],
  summary: {
    zh: "检查 EdgeX 主机（JX 的或官方的）的接口是否符合约定；默认只读",
    en: "check any EdgeX host, JX's or upstream's, against the contract; only asks by default",
  },
  options: {
    write: {
      summary: {
        zh: "同时检查写入：会新建和删除，但只动名称以 jx-conform- 开头的对象",
        en: "also create and delete, only what is called jx-conform-…",
      },
    },
    clean: {
      summary: {
        zh: "不做检查，只清除上次检查中断后留下的 jx-conform-…",
        en: "only delete what an interrupted check left: jx-conform-…",
      },
    },
    service: {
      value: "NAME",
      multiple: true,
      summary: { zh: "只检查这些服务（可重复，或用逗号分隔）", en: "only these services (repeat, or use commas)" },
    },
    at: {
      value: "NAME=URL",
      multiple: true,
      summary: {
        zh: "指定某个服务的地址，默认为 HOST 加 EdgeX 的端口",
        en: "address of a service, else HOST with EdgeX's port",
      },
    },
    timeout: {
      value: "S",
      summary: { zh: "每个请求最长等待的秒数（默认 10）", en: "longest wait for an answer in s (10)" },
    },
  },
  async run(input, context) {
    const targets = targetsOf(operand(input), input.texts("at"), input.texts("service"));
    const connect = await connector(targets, timeoutMs(input));
    if (input.flag("clean")) return clean(targets, connect, context);
    return check(targets, connect, input.flag("write"), context);
  },
};

/** @throws AppError usage */
function timeoutMs(input: Input): number {
  const text = input.text("timeout") ?? "10";
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 600) return seconds * 1000;
  throw problem(
    "usage",
    `--timeout "${text}" 无效：应大于 0、不超过 600（秒）。`,
    `--timeout is "${text}"; it should be up to 600 s.`,
  );
}

interface Connect {
  baseUrl(service: string): string;
  client<T extends Table>(service: string, table: T): Client<T>;
  readonly timeoutMs: number;
}

async function connector(targets: readonly Target[], timeoutMs: number): Promise<Connect> {
  const { httpClient } = await import("@jx/runtime");
  // A service that is not looked at has no address, and its steps are skipped before they ask for it.
  const baseUrl = (service: string): string =>
    `${targets.find((target) => target.service === service)?.address ?? "http://unknown.invalid"}/api/v3`;
  return {
    baseUrl,
    client: (service, table) => httpClient(table, { baseUrl: baseUrl(service), timeoutMs, newId: randomUUID }),
    timeoutMs,
  };
}

async function check(targets: readonly Target[], connect: Connect, write: boolean, context: Context): Promise<number> {
  const { say, paint } = context;
  const { contracts, rawOver, runPrefix, runSteps } = await import("@jx/conformance");
  const prefix = runPrefix(randomUUID().slice(0, 8));
  const found = await reachAll(targets, connect);
  const reachable = new Map(
    found.flatMap(({ service, reached }) =>
      reached.state === "there" ? [[service, { jx: reached.jxVersion !== undefined }] as const] : [],
    ),
  );
  if (!context.json) context.print(intro(write, prefix, context));
  const reports: ServiceReport[] = [];
  for (const one of found) {
    const report = reachable.has(one.service) ? { ...one, run: await run(one) } : one;
    reports.push(report);
    if (!context.json) context.print(`\n${serviceText(report, context)}`);
  }
  const swept = write ? await tidy(prefix, known(reachable, connect), context) : [];
  const good = reports.every(passes) && swept !== undefined;
  if (context.json) context.printJson({ passed: good, write, prefix, services: reports, swept: swept ?? null });
  else context.print(`\n${verdict(reports, context)}`);
  return context.signal.aborted ? EXIT.interrupted : good ? EXIT.ok : EXIT.failed;

  function run({ service }: ServiceReport) {
    const contract = contractOf(contracts, service);
    const options = { contract, leave: write ? "write" : "read", prefix, reachable, signal: context.signal } as const;
    return runSteps(options, {
      client: connect.client,
      raw: (key) => rawOver(connect.baseUrl(key), connect.timeoutMs),
    });
  }
  function verdict(all: readonly ServiceReport[], words: Context): string {
    const bad = all.filter((each) => !passes(each)).map((each) => each.service);
    if (bad.length === 0) return paint.good(say("检查过的项目全部通过。", "Everything that was looked at passes."));
    const text = words.say(`未通过：${bad.join("、")}`, `Not passed: ${bad.join(", ")}`);
    return paint.bad(text);
  }
}

function intro(write: boolean, prefix: string, { say }: Context): string {
  return write
    ? say(
        `会新建和删除名称以 ${prefix} 开头的对象，其余一概不动。`,
        `Creates and deletes what is called ${prefix}…, and nothing else.`,
      )
    : say("只读检查，只发 GET 请求；加 --write 可检查更多。", "Only asks: GET requests alone. --write checks more.");
}

async function reachAll(targets: readonly Target[], connect: Connect): Promise<ServiceReport[]> {
  const [{ reach }, { commonOperations }] = await Promise.all([import("@jx/conformance"), import("@jx/contracts")]);
  return Promise.all(
    targets.map(async (target) => ({
      ...target,
      reached: await reach(connect.client(target.service, commonOperations)),
    })),
  );
}

/** Every device service is held to the same contract. */
function contractOf(contracts: readonly ServiceContract[], service: string): ServiceContract {
  const known = contracts.find((contract) => contract.service === service);
  const device = contracts.find((contract) => contract.service === "device-virtual");
  if (known !== undefined) return known;
  if (device === undefined) throw new Error("there is no contract of device services");
  return { ...device, service, needs: [...device.needs, service] };
}

function known(reachable: ReadonlyMap<string, unknown>, connect: Connect) {
  return <T extends Table>(service: string, table: T): Client<T> | undefined =>
    reachable.has(service) ? connect.client(service, table) : undefined;
}

/** Deletes what is called `prefix`…; undefined, with a note, when that failed: it is to be done again then. */
async function tidy(
  prefix: string,
  client: ReturnType<typeof known>,
  { note, say }: Context,
): Promise<string[] | undefined> {
  const { sweep } = await import("@jx/conformance");
  try {
    return await sweep(prefix, { client });
  } catch (error) {
    const why = messageOf(error);
    note(
      say(
        `未能全部清除（${why}）；请稍后用 --clean 再清除。`,
        `Not all was deleted (${why}); --clean deletes the rest.`,
      ),
    );
    return undefined;
  }
}

async function clean(targets: readonly Target[], connect: Connect, context: Context): Promise<number> {
  const { say } = context;
  const { PREFIX } = await import("@jx/conformance");
  const found = await reachAll(targets, connect);
  const there = new Map(found.filter(({ reached }) => reached.state === "there").map(({ service }) => [service, true]));
  const gone = await tidy(PREFIX, known(there, connect), context);
  const absent = found.filter(({ service, wanted }) => wanted && !there.has(service));
  if (context.json) context.printJson({ deleted: gone ?? null, notReached: absent.map(({ service }) => service) });
  else {
    for (const line of gone ?? []) context.print(line);
    if (gone !== undefined) context.print(say(`已删除 ${gone.length} 项。`, `${gone.length} deleted.`));
    for (const each of absent) context.note(serviceText(each, context));
  }
  return absent.length === 0 && gone !== undefined ? EXIT.ok : EXIT.failed;
}
