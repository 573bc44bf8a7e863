import { useSpeech } from "../i18n/language.tsx";
import { formatTime } from "../model/format.ts";
import type { Outcome } from "./use-work.ts";

/** How a command ended; an error stays, whole, until the person closes it. */
export function OutcomeLine({
  outcome,
  onClose,
}: {
  readonly outcome: Outcome | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useSpeech();
  if (outcome === undefined) return <p className="outcome" role="status" />;
  if (outcome.ok) {
    return (
      <p className="outcome outcome-ok" role="status">
        {t("accepted", { command: outcome.what, time: formatTime(outcome.at) })}
      </p>
    );
  }
  return (
    <div className="outcome outcome-bad" role="alert">
      <p>
        <strong>{t("failed", { command: outcome.what })}</strong>
        <br />
        {outcome.message}
      </p>
      <button type="button" className="plain" onClick={onClose}>
        {t("close")}
      </button>
    </div>
  );
}
