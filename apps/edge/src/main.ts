import { once } from "node:events";
import { AppError, isAppError } from "@jx/kit";
import { type Edge, startEdge } from "./edge.ts";
import { helpText } from "./help-text.ts";
import { type EdgeOptions, parseOptions, wishedLanguage } from "./options.ts";
import { failText, startText, stopText } from "./start-text.ts";
import { failureText, worded } from "./told/worded.ts";

/** After a failure everything is closed within this time, or not at all. */
const SAVE_MS = 10_000;

// A terminal or pipe that has gone is no reason to stop collecting.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
process.exitCode = await main();

async function main(): Promise<number> {
  let options: EdgeOptions | "help";
  try {
    options = parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    const language = wishedLanguage(process.argv.slice(2), process.env);
    const help = isAppError(error) && error.code === "command-line" ? `\n${helpText(language)}` : "";
    process.stderr.write(`${failureText(error, language)}\n${help}`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(helpText(wishedLanguage(process.argv.slice(2), process.env)));
    return 0;
  }
  return run(options);
}

async function run(options: EdgeOptions): Promise<number> {
  const stop = new AbortController();
  stopOnSignals(stop);
  let edge: Edge | undefined;
  let failed = false;
  // An error that nobody caught: what runs may be damaged, so it is told, everything is saved and the process ends;
  // systemd or a person starts it again.
  process.on("uncaughtException", (error) => {
    failed = true;
    edge?.log.error({ error }, "an error that nobody caught; the edge saves and stops");
    process.stderr.write(`\n${failText(options.language)}\n${error instanceof Error ? error.stack : String(error)}\n`);
    setTimeout(() => process.exit(1), SAVE_MS).unref();
    stop.abort(new AppError("Aborted", "the edge is stopping after a failure"));
  });
  const before = performance.now();
  try {
    edge = await startEdge(options, stop.signal, (told) =>
      process.stderr.write(`${worded(told, options.language)} …\n`),
    );
    process.stdout.write(startText(edge, options, Math.round(performance.now() - before)));
    if (!stop.signal.aborted) await once(stop.signal, "abort");
    await edge[Symbol.asyncDispose]();
    process.stdout.write(stopText(edge, options));
    return failed ? 1 : 0;
  } catch (error) {
    if (stop.signal.aborted && isAppError(error, "Aborted")) return failed ? 1 : 0;
    process.stderr.write(`\n${failureText(error, options.language)}\n`);
    // What is ours says all in its message; anything else is a defect, and its place helps to mend it.
    if (!isAppError(error) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

/** Ctrl-C or SIGTERM, also during the start; a second one ends the process at once. */
function stopOnSignals(stop: AbortController): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort(new AppError("Aborted", `stopped by ${signal}`));
    });
  }
}
