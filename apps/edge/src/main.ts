import { isAppError, messageOf } from "@jx/kit";
import { startEdge } from "./edge.ts";
import { type EdgeOptions, HELP, parseOptions } from "./options.ts";
import { startText, stopText } from "./start-text.ts";

process.exitCode = await main();

async function main(): Promise<number> {
  let options: EdgeOptions | "help";
  try {
    options = parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  return run(options);
}

async function run(options: EdgeOptions): Promise<number> {
  const stop = untilStopped();
  const before = performance.now();
  try {
    const edge = await startEdge(options);
    process.stdout.write(startText(edge, options, Math.round(performance.now() - before)));
    await stop;
    await edge[Symbol.asyncDispose]();
    process.stdout.write(stopText(edge, options));
    return 0;
  } catch (error) {
    process.stderr.write(`\n${messageOf(error)}\n`);
    // What is ours says all in its message; anything else is a defect, and its place helps to mend it.
    if (!isAppError(error) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

/** Ctrl-C or SIGTERM; a second one ends the process at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
}
