import type { RuleProblem } from "@jx/contracts";
import stringWidth from "string-width";
import type { Context } from "../command.ts";

/** "file:line:column: error: …", the line itself, and a caret under the place. */
export function ruleProblemText(
  file: string,
  text: string,
  found: RuleProblem,
  context: Pick<Context, "language" | "paint" | "say">,
): string {
  const { paint, language, say } = context;
  const severity = found.severity === "error" ? paint.bad(say("错误", "error")) : paint.warn(say("警告", "warning"));
  const line = (text.split(/\r?\n/)[found.line - 1] ?? "").replaceAll("\t", " ");
  const before = line.slice(0, found.column - 1);
  const end = found.endLine === found.line ? found.endColumn - 1 : line.length;
  const width = Math.max(1, stringWidth(line.slice(found.column - 1, end)));
  const caret = `${" ".repeat(stringWidth(before))}${"^".repeat(width)}`;
  const head = `${paint.bold(`${file}:${found.line}:${found.column}:`)} ${severity}${say("：", ": ")}${found.message[language]}`;
  return `${head}\n  ${line}\n  ${paint.bad(caret)}`;
}
