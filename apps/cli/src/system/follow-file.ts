import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { sleep } from "@jx/kit";

const POLL_MS = 300;
/** A line without an end that is longer than this is given up in pieces. */
const MAX_LINE = 1_000_000;

/**
 * Lines that are added to a file, from its present end on, across rotation. By looking again and again: inotify is
 * missing on some boxes and network folders, and a few looks a second cost nothing.
 */
export async function* followFile(path: string, signal: AbortSignal): AsyncGenerator<string> {
  let fd = openOrNothing(path);
  let offset = fd === undefined ? 0 : fstatSync(fd).size;
  let rest = "";
  const decoder = new TextDecoder();
  try {
    while (!signal.aborted) {
      if (fd !== undefined) {
        for (let text = read(); text !== ""; text = read()) {
          const lines = (rest + text).split("\n");
          rest = (lines.pop() ?? "").slice(-MAX_LINE);
          yield* lines;
        }
      }
      const next = replaced(path, fd);
      if (next !== undefined) {
        if (fd !== undefined) closeSync(fd);
        fd = next;
        offset = 0;
        continue;
      }
      await sleep(POLL_MS, signal).catch(() => undefined);
    }
  } finally {
    if (fd !== undefined) closeSync(fd);
  }

  function read(): string {
    if (fd === undefined) return "";
    const size = fstatSync(fd).size;
    if (size < offset) offset = 0;
    const buffer = new Uint8Array(65_536);
    const length = readSync(fd, buffer, 0, buffer.length, offset);
    offset += length;
    return decoder.decode(buffer.subarray(0, length), { stream: true });
  }
}

/** The new file when another one lies under the name now. */
function replaced(path: string, fd: number | undefined): number | undefined {
  const now = statSync(path, { throwIfNoEntry: false });
  if (now === undefined || (fd !== undefined && fstatSync(fd).ino === now.ino)) return undefined;
  return openOrNothing(path);
}

function openOrNothing(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}
