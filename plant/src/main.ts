/** The plant as a process of its own: options in, Modbus TCP out, JSON lines on standard input and output. */
import { messageOf } from "@jx/kit";
import { LineSplitter } from "./control/lines.ts";
import { answerLine, type PlantLine } from "./control/protocol.ts";
import { HELP, HINT, parseOptions } from "./options.ts";
import { Plant } from "./plant.ts";
import { TruthFile } from "./truth-file.ts";

const MAX_REQUEST = 64 << 10; // characters
/** Output that nobody reads, bytes; events beyond it are dropped, requests are not read. */
const MAX_UNREAD = 1 << 20;

let droppedEvents = 0;

function print(line: PlantLine): void {
  if ("event" in line && process.stdout.writableLength > MAX_UNREAD) {
    droppedEvents += 1;
    return;
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (process.stdout.writableLength > MAX_UNREAD && !process.stdin.isPaused()) {
    process.stdin.pause();
    process.stdout.once("drain", () => {
      print({
        event: "trouble",
        at: Date.now(),
        message: `output was not read; ${droppedEvents} events are lost so far`,
      });
      process.stdin.resume();
    });
  }
}

function fail(error: unknown): void {
  print({ failed: { message: messageOf(error) } });
  process.stderr.write(`plant: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

async function run(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const truthFile = options.truth === undefined ? undefined : new TruthFile(options.truth);
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const plant = new Plant(options, { ...clock, ...(truthFile && { truthFile }), emit: print });
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    process.stdin.destroy();
    await plant[Symbol.asyncDispose]();
    truthFile?.[Symbol.dispose]();
  };
  const endNow = (): void => void end().catch(fail);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, endNow);
  process.stdout.on("error", endNow); // the reader is gone

  await plant.start();
  print({ ready: { port: plant.port, host: options.host, pid: process.pid } });
  if (options.noStdin) return;
  const lines = new LineSplitter(MAX_REQUEST, {
    onLine: (text) => void answerLine(text, (command) => plant.run(command)).then(print),
    onTooLong: () =>
      print({ id: null, error: { kind: "LimitExceeded", message: `a request has at most ${MAX_REQUEST} characters` } }),
  });
  process.stdin.on("data", (chunk: Uint8Array) => lines.push(chunk));
  if (process.stdin.isTTY) process.stderr.write(`${HINT}\n`);
  // The end of input means that the parent is gone; at a terminal it is Ctrl-D and means nothing.
  if (!process.stdin.isTTY) process.stdin.once("end", endNow).once("error", endNow);
}

await run(process.argv.slice(2)).catch(fail);
