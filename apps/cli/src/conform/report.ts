import type { Reached, RunReport, Skip, StepReport } from "@jx/conformance";
import type { Context } from "../command.ts";
import { table } from "../output/table.ts";
import type { Target } from "./addresses.ts";

/** One service as it was found. */
export interface ServiceReport extends Target {
  readonly reached: Reached;
  /** None when it was not reached. */
  readonly run?: RunReport;
}

type Words = Pick<Context, "say" | "paint" | "language">;

/** Whether the service keeps its contract, as far as it was looked at. */
export function passes({ reached, wanted, run }: ServiceReport): boolean {
  if (run === undefined) return reached.state === "unreachable" && !wanted;
  return run.steps.every(({ outcome }) => outcome === "passed" || outcome === "skipped");
}

export function serviceText(report: ServiceReport, words: Words): string {
  const { paint } = words;
  const head = `${paint.bold(report.service)}  ${report.address}  ${reachedText(report, words)}`;
  if (report.run === undefined) return head;
  const { steps } = report.run;
  return [
    head,
    ...indent([countsText(report.run, words), ...steps.flatMap((step) => problemLines(step, words))]),
    ...indent(skipLines(steps, words)),
  ].join("\n");
}

function reachedText({ reached, wanted }: ServiceReport, { say, paint }: Words): string {
  switch (reached.state) {
    case "there":
      return `EdgeX ${reached.version}${reached.jxVersion === undefined ? "" : `  JX Edge ${reached.jxVersion}`}`;
    case "silent":
      return paint.bad(say(`超时无应答：${reached.problem}`, `no answer in time: ${reached.problem}`));
    case "not EdgeX":
      return paint.bad(say(`不是 EdgeX 服务：${reached.problem}`, `not an EdgeX service: ${reached.problem}`));
    case "unreachable": {
      const text = say(`无法连接：${reached.problem}`, `cannot be reached: ${reached.problem}`);
      return wanted ? paint.bad(text) : paint.dim(`${text}${say("（可以不部署）", " (a host may do without)")}`);
    }
  }
}

function countsText({ steps, tried, operations, notThere }: RunReport, { say, paint }: Words): string {
  const count = (outcome: StepReport["outcome"]): number => steps.filter((step) => step.outcome === outcome).length;
  const parts = [
    paint.good(`✓ ${count("passed")} ${say("项通过", "passed")}`),
    count("failed") > 0 ? paint.bad(`✗ ${count("failed")} ${say("项未通过", "failed")}`) : "",
    count("not there") > 0 ? paint.bad(`∅ ${count("not there")} ${say("项不支持", "not there")}`) : "",
    count("skipped") > 0 ? paint.dim(`– ${count("skipped")} ${say("项跳过", "skipped")}`) : "",
    say(`共 ${operations} 个操作，检查了 ${tried.length} 个`, `${tried.length} of ${operations} operations tried`),
  ];
  const absent = notThere.length > 0 ? `\n${say("不支持的操作：", "not there: ")}${notThere.join(", ")}` : "";
  return parts.filter((part) => part !== "").join("   ") + absent;
}

function problemLines(step: StepReport, { say, paint, language }: Words): string[] {
  const { failure } = step;
  if (failure === undefined) return [];
  const mark = step.outcome === "not there" ? "∅" : "✗";
  const rows = [
    ...(failure.at === undefined ? [] : [[say("位置", "at"), failure.at]]),
    ...(failure.expected === undefined ? [] : [[say("应为", "expected"), failure.expected]]),
    [say("实际", "got"), failure.got],
  ];
  const name = language === "zh" ? step.zh : step.name;
  return [
    paint.bad(`${mark} ${name}`),
    ...indent(table(rows.map(([key = "", text = ""]) => [paint.dim(key), flat(text)])).split("\n")),
  ];
}

/** Skipped steps by their reason, with how many there are. */
function skipLines(steps: readonly StepReport[], words: Words): string[] {
  const counts = new Map<string, number>();
  for (const { skip } of steps) {
    if (skip === undefined) continue;
    const text = skipText(skip, words);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => words.paint.dim(`– ${count} ${words.say("项跳过：", "skipped: ")}${text}`));
}

export function skipText(skip: Skip, { say }: Pick<Words, "say">): string {
  switch (skip.why) {
    case "read-only":
      return say("需要写入；加 --write 才执行", "they write; --write runs them");
    case "alone":
      return say(
        "会影响公用的设置和数据（如按时间删除）；不在别人的系统上执行",
        "they touch what others share (settings, events by age); never run on somebody's system",
      );
    case "jx-only":
      return say(`只有 JX 的服务能通过：${skip.what.zh}`, `only a JX service can pass: ${skip.what.en}`);
    case "needs":
      return say(`需要 ${skip.services.join("、")}`, `need ${skip.services.join(", ")}`);
    case "silent":
      return say("服务已不应答", "the service had stopped answering");
    case "interrupted":
      return say("已中断", "interrupted");
  }
}

function indent(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split("\n")).map((line) => `  ${line}`);
}

/** One line: an answer's line breaks would tear the report apart. */
function flat(text: string): string {
  return text.replace(/\s*\n\s*/g, " ⏎ ");
}
