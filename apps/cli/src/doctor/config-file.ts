import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@jx/kit";
import { LineCounter, parseDocument } from "yaml";
import { bad, type Finding, ok } from "./finding.ts";

/** The configuration file: a start ends at one that is no YAML. */
export function checkConfigFile(dataDir: string): Finding {
  const path = join(dataDir, "config.yaml");
  if (!existsSync(path)) {
    return ok("config", `没有配置文件 ${path}：全部用默认值`, `no configuration file ${path}: defaults count`);
  }
  const problem = problemOf(path);
  if (problem === undefined) return ok("config", `配置文件 ${path} 可读`, `configuration file ${path} can be read`);
  return bad("config", `配置文件有错：${problem}`, `the configuration file is wrong: ${problem}`, {
    zh: "改正此行，或移走文件：下次启动会写出一份模板。",
    en: "Mend this line, or move the file away: the next start writes a template.",
  });
}

function problemOf(path: string): string | undefined {
  try {
    const lineCounter = new LineCounter();
    const [error] = parseDocument(readFileSync(path, "utf8"), { lineCounter, prettyErrors: false }).errors;
    if (error === undefined) return undefined;
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return `${path}:${line}:${col}: ${error.message}`;
  } catch (error) {
    return `${path}: ${messageOf(error)}`;
  }
}
