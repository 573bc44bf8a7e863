/** Reads a resource through core command all the time, as an operator's screen does. */
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../support/http.ts";
import { until } from "../../support/wait.ts";

export interface Asked {
  /** ms of performance.now(), when it was asked. */
  readonly at: number;
  readonly answered: boolean;
  /** Why not. */
  readonly why: string;
}

export interface Commander {
  readonly asked: readonly Asked[];
  /** ms of performance.now() of the first command after `at` that was answered. */
  answeredAfter(at: number): Promise<number>;
}

const PAUSE_MS = 50;

export function commander(t: TestContext, api: string, path: string): Commander {
  const asked: Asked[] = [];
  let ended = false;
  t.after(() => {
    ended = true;
  });
  const once = async (): Promise<Asked> => {
    const at = performance.now();
    try {
      const { status, text } = await ask(`${api}/device/name/${path}`);
      return { at, answered: status === 200, why: `${status} ${text}` };
    } catch (error) {
      return { at, answered: false, why: String(error) };
    }
  };
  void (async () => {
    while (!ended) {
      asked.push(await once());
      await sleep(PAUSE_MS);
    }
  })();
  return {
    asked,
    answeredAfter: (at) =>
      until("a command is answered", () => asked.find((each) => each.at > at && each.answered)?.at),
  };
}
