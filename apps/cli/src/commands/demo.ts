import type { DemoStatus } from "@jx/contracts";
import type { Command, Context, Input } from "../command.ts";
import type { Edge } from "../edge-client.ts";
import { problem } from "../problem.ts";

export const demoCommands: readonly Command[] = [
  demo("status", "演示站的状态", "the state of the demo station", (edge) => edge.gateway.demo({})),
  demo("on", "安装演示设备和规则，启动模拟站", "install the demo devices and rules and start the plant", (edge) =>
    edge.gateway.demoOn({}),
  ),
  demo("off", "删除所有演示设备和规则，别的都不动", "remove every demo device and rule, and nothing else", (edge) =>
    edge.gateway.demoOff({}),
  ),
  {
    ...demo(
      "fault",
      "注入故障：overheat pump=1、drop seconds=5、slow ms=800 …",
      "inject a fault: overheat pump=1, drop seconds=5, slow ms=800 …",
      (edge, input) => edge.gateway.demoFault({ body: faultOf(input.operands) }),
    ),
    operands: "NAME [KEY=VALUE…]",
    count: [1, 8],
  },
  demo("clear", "结束所有故障", "end all faults", (edge) => edge.gateway.demoClear({})),
  demo("reset", "让模拟站回到初始状态", "put the plant back to its first state", (edge) => edge.gateway.demoReset({})),
];

function demo(name: string, zh: string, en: string, ask: (edge: Edge, input: Input) => Promise<DemoStatus>): Command {
  return {
    name: `demo ${name}`,
    summary: { zh, en },
    async run(input, context) {
      const edge = await context.edge();
      show(await ask(edge, input), context);
      return 0;
    },
  };
}

function show(status: DemoStatus, context: Context): void {
  if (context.json) {
    context.printJson(status);
    return;
  }
  const { say, paint } = context;
  const { running, port, pid } = status.plant;
  context.print(`${say("演示", "Demo")}: ${status.on ? paint.good(say("开", "on")) : say("关", "off")}`);
  context.print(
    `${say("模拟站", "Plant")}: ${running ? say(`运行中，Modbus TCP 端口 ${port}，pid ${pid}`, `running, Modbus TCP port ${port}, pid ${pid}`) : say("未运行", "not running")}`,
  );
  if (status.activeFaults.length > 0)
    context.print(`${say("故障", "Faults")}: ${paint.warn(status.activeFaults.join(", "))}`);
}

/** "overheat pump=1" → { fault: "overheat", pump: 1 }. The plant checks what it means. */
export function faultOf(operands: readonly string[]): Record<string, unknown> {
  const [fault, ...pairs] = operands;
  return Object.fromEntries([
    ["fault", fault],
    ...pairs.map((pair): [string, unknown] => {
      const at = pair.indexOf("=");
      if (at < 1)
        throw problem("usage", `"${pair}" 应写成 名称=值，如 pump=1`, `"${pair}" should be KEY=VALUE, such as pump=1`);
      const value = pair.slice(at + 1);
      return [pair.slice(0, at), value !== "" && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  ]);
}
