import type { SystemStatus } from "@jx/contracts";
import { useEffect, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { call } from "../model/api.ts";
import { useLive } from "./live.tsx";

export function PageFooter() {
  const { t } = useSpeech();
  const sessions = useLive((state) => state.sessions);
  const [status, setStatus] = useState<SystemStatus>();
  useEffect(() => {
    if (sessions === 0) return undefined;
    const abort = new AbortController();
    call<SystemStatus>("/api/v3/status", { signal: abort.signal }).then(setStatus, () => {});
    return () => abort.abort();
  }, [sessions]);
  return (
    <footer className="page-footer">
      {status === undefined ? " " : t("footer", { version: status.version, data: status.paths.data })}
    </footer>
  );
}
