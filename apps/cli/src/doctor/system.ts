import { DROPS, QUEUES, type SystemOverview, type SystemService, whose } from "@jx/contracts";
import { bad, type Finding, ok, warn } from "./finding.ts";

/** More than this in one queue is worth a look: the bus holds some thousands. */
const MANY_WAITING = 1_000;

/** How a running edge and the services that it knows are doing. */
export function checkSystem({ services, registryProblem, queues, drops }: SystemOverview): Finding[] {
  const keeper = services.find(({ serviceId }) => serviceId === "core-keeper")?.address ?? "http://KEEPER:59890";
  return [
    ...services.map((service) => checkService(service, keeper)),
    ...(registryProblem === undefined ? [] : [registryFinding(registryProblem)]),
    ...checkQueues(queues),
    ...checkDrops(drops),
  ];
}

function checkService(service: SystemService, keeper: string): Finding {
  const { serviceId, address, status, version, jxVersion, problem } = service;
  const check = `service ${serviceId}`;
  const versions = [version === undefined ? "" : `EdgeX ${version}`, jxVersion === undefined ? "" : `JX ${jxVersion}`];
  const what = [serviceId, status, ...versions, address, problem ?? ""].filter((text) => text !== "").join("  ");
  if (service.storeAway === true) {
    return bad(
      check,
      `服务无法写入，数据库服务器无应答：${what}`,
      `service cannot write, its database server is away: ${what}`,
      {
        zh: `请检查 PostgreSQL 是否在运行、网络是否通；原因见 jx logs --service ${serviceId}。恢复后边缘自动重连。`,
        en: `See that PostgreSQL runs and can be reached; jx logs --service ${serviceId} has the reason. It is tried again by itself.`,
      },
    );
  }
  if (service.countsProblem !== undefined) {
    const why = service.countsProblem;
    return warn(
      check,
      `服务 ${what}，其队列和丢弃未知：${why}`,
      `service ${what}, what waits and was dropped there is not known: ${why}`,
      {
        zh: "旧版本的 JX Edge 不提供；版本相同时，请检查该服务的负载和网络。",
        en: "An older JX Edge does not tell it; with the same version look at its load and the network.",
      },
    );
  }
  if (status === "UP") return ok(check, `服务 ${what}`, `service ${what}`);
  if (status === "DOWN" && service.here) {
    return bad(check, `服务无应答：${what}`, `service does not answer: ${what}`, {
      zh: "请看日志：jx logs；若地址不对，请更正该服务的 Service.Host。",
      en: "Look at its log: jx logs. A wrong address comes from its Service.Host.",
    });
  }
  const remove = `curl -X DELETE ${keeper}/api/v3/registry/serviceId/${encodeURIComponent(serviceId)}`;
  const help = {
    zh: `请检查该服务的日志和网络；若地址不对，请更正它的 Service.Host。服务已停用的，可注销：${remove}`,
    en: `Look at its log and the network; a wrong address comes from its Service.Host. One that is no more: ${remove}`,
  };
  if (status === "DOWN") return warn(check, `服务无应答：${what}`, `service does not answer: ${what}`, help);
  return warn(check, `服务尚未检查：${what}`, `service not checked yet: ${what}`, help);
}

function registryFinding(problem: string): Finding {
  return bad("registry", `服务注册表无应答：${problem}`, `the registry does not answer: ${problem}`, {
    zh: "请检查 core-keeper 是否在运行，--remote core-keeper=URL 是否正确。",
    en: "See whether core-keeper runs and --remote core-keeper=URL is right.",
  });
}

function checkQueues(queues: SystemOverview["queues"]): Finding[] {
  const total = queues.reduce((sum, { count }) => sum + count, 0);
  const long = queues.filter(({ count }) => count > MANY_WAITING);
  if (long.length === 0) return [ok("queues", `队列中等待：${total}`, `waiting in queues: ${total}`)];
  return long.map((each) => {
    const { kind, count } = each;
    const name = whose(each);
    return warn(
      `queue ${kind} ${name}`.trim(),
      `${QUEUES[kind].zh} ${name}：${count} 条在等待`,
      `${QUEUES[kind].en} ${name}: ${count} waiting`,
      {
        zh: "处理跟不上接收：请检查 CPU、磁盘和该订阅者的日志。",
        en: "More comes in than goes out: look at CPU, disk and the log of that subscriber.",
      },
    );
  });
}

function checkDrops(drops: SystemOverview["drops"]): Finding[] {
  const lost = drops.filter(({ count }) => count > 0);
  if (lost.length === 0) return [ok("drops", "启动以来无丢弃", "nothing dropped since the start")];
  return lost.map((each) => {
    const { kind, count } = each;
    const name = whose(each);
    const of = name === "" ? "" : ` (${name})`;
    const text = { zh: `丢弃 ${count}：${DROPS[kind].zh}${of}`, en: `dropped ${count}: ${DROPS[kind].en}${of}` };
    return warn(`dropped ${kind} ${name}`.trim(), text.zh, text.en, {
      zh: "自启动起累计；原因见该进程的 jx logs，变化趋势见其各服务的 /metrics。",
      en: "Counted since the start; jx logs of that process has the reasons, /metrics of its services how it grows.",
    });
  });
}
