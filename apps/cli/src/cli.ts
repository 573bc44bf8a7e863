import type { Command, Context, Input } from "./command.ts";
import { COMMANDS } from "./command-table.ts";
import { connectEdge, noEdge } from "./edge-client.ts";
import { commandHelp, groupHelp, overview } from "./help-text.ts";
import { toJson } from "./output/json.ts";
import { createPaint } from "./output/paint.ts";
import { checkOperands, findCommand, parseInput } from "./parse-input.ts";
import { dataFolder, type Environment, languageOf } from "./place.ts";
import { EXIT, exitOf, isUnreachable, problem, textOf } from "./problem.ts";

/** The process around the command line, so that tests can stand in its place. */
export interface CliHost {
  readonly environment: Environment;
  /** Standard output is a terminal. */
  readonly terminal: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Asks on the terminal; undefined when there is none to ask on. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly signal: AbortSignal;
}

/** Runs one command; the exit code. */
export async function runCli(args: readonly string[], host: CliHost): Promise<number> {
  const early = earlyOptions(args);
  const language = languageOf(early.lang, host.environment);
  let context: Context | undefined;
  try {
    const found = findCommand(COMMANDS, args);
    if (found.command === undefined) return withoutCommand(found.words, found.rest, language, host);
    const { command } = found;
    const input = parseInput(command, found.rest);
    if (input.flag("help")) {
      host.out(commandHelp(command, language));
      return EXIT.ok;
    }
    checkLanguage(input.text("lang"));
    checkOperands(command, input);
    context = createContext(input, language, host);
    return (await command.run(input, context)) ?? EXIT.ok;
  } catch (error) {
    if (host.signal.aborted) return EXIT.interrupted;
    return fail(error, context, early.json, language, host);
  }
}

function checkLanguage(text: string | undefined): void {
  if (text === undefined || /^(zh|en)/i.test(text)) return;
  throw problem("usage", `--lang "${text}" 应为 zh 或 en。`, `--lang "${text}" should be zh or en.`);
}

/** What is needed before the command is known. */
function earlyOptions(args: readonly string[]): { lang: string | undefined; json: boolean } {
  const at = args.findIndex((arg) => arg === "--lang" || arg.startsWith("--lang="));
  const lang = at < 0 ? undefined : args[at]?.includes("=") === true ? args[at]?.slice(7) : args[at + 1];
  return { lang, json: args.includes("--json") };
}

function withoutCommand(
  words: readonly string[],
  rest: readonly string[],
  language: "zh" | "en",
  host: CliHost,
): number {
  const [first] = words;
  if (first === undefined) {
    const input = parseInput({}, rest);
    host.out(overview(COMMANDS, language));
    return input.flag("help") ? EXIT.ok : EXIT.usage;
  }
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const second = words[1];
    const zh = second === undefined ? "" : `没有命令 "${first} ${second}"。\n\n`;
    const en = second === undefined ? "" : `There is no command "${first} ${second}".\n\n`;
    if (rest.includes("--help") || rest.includes("-h")) host.out(groupHelp(group, language));
    else host.err((language === "zh" ? zh : en) + groupHelp(group, language));
    return rest.includes("--help") || rest.includes("-h") ? EXIT.ok : EXIT.usage;
  }
  throw problem(
    "usage",
    `没有命令 "${first}"；jx help 列出所有命令。`,
    `There is no command "${first}"; jx help lists them all.`,
  );
}

function createContext(input: Input, language: "zh" | "en", host: CliHost): Context {
  const say = (zh: string, en: string): string => (language === "zh" ? zh : en);
  const dataDir = dataFolder(input.text("data"), host.environment);
  return {
    language,
    say,
    json: input.flag("json"),
    paint: createPaint(host.terminal && !input.flag("json") && (host.environment.NO_COLOR ?? "") === ""),
    environment: host.environment,
    dataDir,
    print: (text) => host.out(`${text}\n`),
    printJson: (value) => host.out(`${toJson(value)}\n`),
    note: (text) => host.err(`${text}\n`),
    edge: () => connectEdge(dataDir),
    async confirm(question) {
      if (host.ask === undefined) {
        throw problem(
          "usage",
          `${question}\n这里没有终端可以确认：确定要做时请加 --yes。`,
          `${question}\nThere is no terminal to ask on: add --yes when you mean it.`,
        );
      }
      const answer = await host.ask(`${question} ${say("[y/N]", "[y/N]")} `);
      return /^(y|yes|是|好|确定)$/i.test(answer.trim());
    },
    signal: host.signal,
  };
}

function fail(
  thrown: unknown,
  context: Context | undefined,
  json: boolean,
  language: "zh" | "en",
  host: CliHost,
): number {
  const error = context !== undefined && isUnreachable(thrown) ? noEdge(context.dataDir, thrown) : thrown;
  const text = textOf(error);
  const exit = exitOf(error);
  if (json) host.out(`${JSON.stringify({ error: { exit, message: text.en, zh: text.zh } })}\n`);
  else host.err(`${text[language]}\n`);
  return exit;
}

export type { Command };
