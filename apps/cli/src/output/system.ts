import { DROPS, QUEUES, type SystemOverview, type SystemService, whose } from "@jx/contracts";
import type { Context } from "../command.ts";
import { formatSpan } from "./format.ts";
import { paintState } from "./paint.ts";
import { titled } from "./table.ts";

type Words = Pick<Context, "say" | "paint" | "language">;

/** Every service of the system, those of other processes and hosts too. */
export function serviceTable({ services }: SystemOverview, { say, paint }: Words): string {
  const rows = services.map((service) => [
    service.serviceId,
    paintState(paint, service.status),
    service.version ?? "–",
    service.jxVersion ?? "–",
    service.address,
    checkedText(service, say),
    problemText(service, { say, paint }),
  ]);
  const head = [
    say("服务", "Service"),
    say("状态", "State"),
    "EdgeX",
    "JX",
    say("地址", "Address"),
    say("上次检查", "Last check"),
    "",
  ];
  return titled(paint, head, rows);
}

function problemText(service: SystemService, { say, paint }: Pick<Words, "say" | "paint">): string {
  const { storeAway, problem, countsProblem } = service;
  if (countsProblem !== undefined) return `${say("队列和丢弃未知：", "queues and losses not known: ")}${countsProblem}`;
  if (storeAway !== true) return problem ?? "";
  return paint.bad(say("数据库服务器无应答，无法写入", "its database server is away: nothing can be written"));
}

function checkedText({ checkedAt }: SystemService, say: Words["say"]): string {
  if (checkedAt === undefined) return say("–", "–");
  const span = formatSpan(Date.now() - checkedAt);
  return say(`${span} 前`, `${span} ago`);
}

/** What waits and what was dropped; one line each when there is nothing. */
export function countTables({ queues, drops }: SystemOverview, words: Words): string {
  const { say } = words;
  return [
    counts(say("等待中", "Waiting"), QUEUES, queues, say("无", "nothing waits"), words),
    counts(say("已丢弃", "Dropped"), DROPS, drops, say("启动以来无丢弃", "nothing since the start"), words),
  ].join("\n");
}

interface Count<K extends string> {
  readonly kind: K;
  readonly name: string;
  readonly count: number;
  readonly elsewhere?: string | undefined;
}

function counts<K extends string>(
  title: string,
  kinds: Readonly<Record<K, { readonly zh: string; readonly en: string }>>,
  all: readonly Count<K>[],
  none: string,
  { paint, language }: Words,
): string {
  const found = all.filter(({ count }) => count > 0);
  if (found.length === 0) return `${paint.bold(title)}  ${none}`;
  return titled(
    paint,
    [title, "", ""],
    found.map((each) => [String(each.count), kinds[each.kind][language], whose(each)]),
  );
}
