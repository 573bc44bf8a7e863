import type { SystemOverview, SystemStatus } from "@jx/contracts";
import { useEffect, useState } from "react";
import { call } from "../model/api.ts";
import { useLive } from "./live.tsx";

export interface System {
  readonly status: SystemStatus;
  readonly overview: SystemOverview;
}

/** Services and counters change slowly, and each look asks the registry, ms. */
const INTERVAL_MS = 5_000;

/** The system as a whole, asked again while the page is looked at; the last answer stays when one fails. */
export function useSystem(): { readonly system: System | undefined; readonly error: string | undefined } {
  const sessions = useLive((state) => state.sessions);
  const [system, setSystem] = useState<System>();
  const [error, setError] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new session may be another edge, which is asked at once
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    let timer: ReturnType<typeof setTimeout>;
    const look = async (): Promise<void> => {
      try {
        const [status, overview] = await Promise.all([
          call<SystemStatus>("/api/v3/status", { signal }),
          call<SystemOverview>("/api/v3/system", { signal }),
        ]);
        setSystem({ status, overview });
        setError(undefined);
      } catch (problem) {
        if (!signal.aborted) setError(problem instanceof Error ? problem.message : String(problem));
      }
      if (!signal.aborted) timer = setTimeout(look, document.hidden ? 6 * INTERVAL_MS : INTERVAL_MS);
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [sessions]);
  return { system, error };
}
