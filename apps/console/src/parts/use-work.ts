import { useCallback, useRef, useState } from "react";
import { reasonOf } from "./directory.ts";

export interface Outcome {
  readonly what: string;
  readonly ok: boolean;
  /** The whole error, "" when it went well. */
  readonly message: string;
  /** ms since 1970 */
  readonly at: number;
}

/** One thing at a time that the person asked for, and how the last one ended. */
export function useWork() {
  const [busy, setBusy] = useState<string>();
  const [outcome, setOutcome] = useState<Outcome>();
  const running = useRef(false);
  const run = useCallback(async (what: string, work: () => Promise<unknown>): Promise<void> => {
    if (running.current) return;
    running.current = true;
    setBusy(what);
    setOutcome(undefined);
    try {
      await work();
      setOutcome({ what, ok: true, message: "", at: Date.now() });
    } catch (error) {
      setOutcome({ what, ok: false, message: reasonOf(error), at: Date.now() });
    } finally {
      running.current = false;
      setBusy(undefined);
    }
  }, []);
  const dismiss = useCallback(() => setOutcome(undefined), []);
  return { busy, outcome, run, dismiss };
}
