/** Apart from the schemas, which the page need not carry. */
import type { Bilingual } from "./operations/rules.ts";

/** What waits, each kind by its owner. */
export const QUEUES = {
  bus: { zh: "总线订阅者", en: "bus subscriber" },
  store: { zh: "待落盘的读数", en: "readings not yet on disk" },
  connection: { zh: "设备连接上排队的请求", en: "requests to a device connection" },
} as const satisfies Readonly<Record<string, Bilingual>>;
export type QueueKind = keyof typeof QUEUES;

/** What was given up, each kind since the start of the process. */
export const DROPS = {
  bus: { zh: "总线消息", en: "bus messages" },
  mirror: { zh: "MQTT 镜像消息", en: "messages of the MQTT mirror" },
  "external-mqtt": { zh: "外部 MQTT 的消息", en: "messages of the external MQTT broker" },
  store: { zh: "未落盘的事件", en: "events that missed the disk" },
  refused: { zh: "无法保存的事件", en: "events that no store can keep" },
  polls: { zh: "跳过的轮询", en: "polls skipped" },
  events: { zh: "总线已满而未发出的设备事件", en: "device events without room on the bus" },
  samples: { zh: "设备主动上送、来不及接收的值", en: "values sent by devices without room" },
  firings: { zh: "规则触发记录", en: "records of rule firings" },
  notices: { zh: "元数据系统事件", en: "system events of metadata" },
  log: { zh: "日志行", en: "log lines" },
  metrics: { zh: "指标序列", en: "series of metrics" },
} as const satisfies Readonly<Record<string, Bilingual>>;
export type DropKind = keyof typeof DROPS;

/** Whose a count is, "core-data @ core-data, rules": the services after "@" are those of the other process that has it. */
export function whose({ name, elsewhere }: { readonly name: string; readonly elsewhere?: string | undefined }): string {
  return elsewhere === undefined ? name : `${name} @ ${elsewhere}`.trimStart();
}
