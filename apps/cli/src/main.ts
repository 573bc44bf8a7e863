import { createInterface } from "node:readline/promises";
import { runCli } from "./cli.ts";

// A reader that has gone away (`jx event tail | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

/** ms after Ctrl-C for a command to end by itself; one that waits for an answer is not waited for. */
const GRACE_MS = 500;
const abort = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
    setTimeout(() => process.exit(130), GRACE_MS).unref();
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  environment: process.env,
  terminal: process.stdout.isTTY === true,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ask: process.stdin.isTTY === true && process.stderr.isTTY === true ? ask : undefined,
  signal: abort.signal,
});

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question, { signal: abort.signal });
  } finally {
    lines.close();
  }
}
