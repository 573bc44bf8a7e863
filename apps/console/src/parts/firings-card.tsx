import { useMemo, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";
import type { TextKey } from "../i18n/text.ts";
import { formatMoment, formatOffset, formatUnits, nsToMs, operandText } from "../model/format.ts";
import type { FiringView } from "../model/state.ts";
import { Card, Tag, type Tone } from "./card.tsx";
import { useEdgeNow, useLive } from "./live.tsx";

type ActionState = FiringView["actions"][number]["state"];

const OUTCOMES: Readonly<Record<ActionState, { readonly word: TextKey; readonly tone: Tone }>> = {
  pending: { word: "actionPending", tone: "quiet" },
  done: { word: "actionDone", tone: "quiet" },
  verified: { word: "actionVerified", tone: "good" },
  failed: { word: "actionFailed", tone: "bad" },
};
const KINDS = { set: "kindSet", notify: "kindNotify", log: "kindLog" } as const satisfies Record<string, TextKey>;
const CAUSES: Readonly<Record<FiringView["cause"], TextKey | undefined>> = {
  rise: undefined,
  "true-at-start": "causeStart",
  "true-after-restart": "causeRestart",
};

/** So many are shown at first: the rules below stay in reach. */
const FEW = 3;

export function FiringsCard() {
  const { t } = useSpeech();
  const firings = useLive((state) => state.firings);
  const offset = useMemo(() => formatOffset(Date.now()), []);
  const [all, setAll] = useState(false);
  return (
    <Card title={t("firings")} extra={<span className="muted">{t("localTime", { offset })}</span>} className="firings">
      {firings.length === 0 ? <p className="muted">{t("noFirings")}</p> : null}
      <ol className="firing-list" aria-live="polite">
        {(all ? firings : firings.slice(0, FEW)).map((firing) => (
          <FiringItem key={firing.id} firing={firing} />
        ))}
      </ol>
      {firings.length > FEW ? (
        <button type="button" className="plain" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("showFew", { count: FEW }) : t("showAll", { count: firings.length })}
        </button>
      ) : null}
    </Card>
  );
}

function FiringItem({ firing }: { readonly firing: FiringView }) {
  const { t, language } = useSpeech();
  const now = useEdgeNow();
  const cause = CAUSES[firing.cause];
  const eventIds = [...new Set(firing.operands.flatMap(({ eventId }) => (eventId === undefined ? [] : [eventId])))];
  return (
    <li>
      <div className="rule-head">
        <time>{formatMoment(nsToMs(firing.time), now)}</time>
        <h3>{firing.rule}</h3>
        {cause === undefined ? null : <Tag tone="warn">{t(cause)}</Tag>}
      </div>
      <p className="rule-why">{firing.reason[language]}</p>
      <ul className="actions">
        {firing.actions.map((action) => (
          <li key={`${action.kind} ${action.text}`}>
            <Tag tone={OUTCOMES[action.state].tone}>{t(OUTCOMES[action.state].word)}</Tag>
            <span className="muted">{t(KINDS[action.kind])}</span> {action.text}
            {action.tookMs === undefined ? null : <span className="muted"> {action.tookMs.toFixed(1)} ms</span>}
            {action.message === undefined ? null : <span className="bad-text"> {action.message}</span>}
          </li>
        ))}
      </ul>
      <details>
        <summary>{t("operands")}</summary>
        <ul className="operands">
          {firing.operands.map((operand) => (
            <li key={`${operand.deviceName} ${operand.resourceName}`}>
              {operand.deviceName}.{operand.resourceName} = <b>{operandText(operand.value)}</b>{" "}
              {formatUnits(operand.units)}
            </li>
          ))}
        </ul>
        <p className="muted event-id">
          {t("eventId")} {eventIds.join(", ") || "—"}
        </p>
      </details>
    </li>
  );
}
