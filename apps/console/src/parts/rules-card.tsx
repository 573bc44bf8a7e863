import { useSpeech } from "../i18n/language.tsx";
import type { TextKey } from "../i18n/text.ts";
import { formatMoment, nsToMs } from "../model/format.ts";
import type { Rule } from "../model/state.ts";
import { Card, Tag, type Tone } from "./card.tsx";
import { useEdgeNow, useLive } from "./live.tsx";

const STATES: Readonly<Record<Rule["state"], { readonly word: TextKey; readonly tone: Tone }>> = {
  true: { word: "ruleTrue", tone: "bad" },
  waiting: { word: "ruleWaiting", tone: "warn" },
  false: { word: "ruleFalse", tone: "quiet" },
  unknown: { word: "ruleUnknown", tone: "quiet" },
};

export function RulesCard({ demo }: { readonly demo: boolean }) {
  const { t } = useSpeech();
  const rules = useLive((state) => state.rules);
  return (
    <Card title={t("rules")} className="rules">
      {demo ? <p className="note">{t("demoFigure")}</p> : null}
      {rules?.length === 0 ? <p className="muted">{t("noRules")}</p> : null}
      <ul className="rule-list">
        {rules?.map((rule) => (
          <RuleItem key={`${rule.file} ${rule.name}`} rule={rule} />
        ))}
      </ul>
    </Card>
  );
}

function RuleItem({ rule }: { readonly rule: Rule }) {
  const { t, language } = useSpeech();
  const now = useEdgeNow();
  const { word, tone } = STATES[rule.state];
  return (
    <li>
      <div className="rule-head">
        <Tag tone={tone} {...(rule.state === "unknown" ? { title: t("ruleUnknownHint") } : {})}>
          {t(word)}
        </Tag>
        <h3>{rule.name}</h3>
        {rule.priority === undefined || rule.priority === "normal" ? null : (
          <span className="muted">
            {t("priority", { level: t(rule.priority === "high" ? "priorityHigh" : "priorityLow") })}
          </span>
        )}
        {rule.firings > 0 ? (
          <span className="muted">
            {t("firedTimes", { count: rule.firings })}
            {rule.lastFiring === undefined
              ? ""
              : ` · ${t("lastFired", { time: formatMoment(nsToMs(rule.lastFiring), now) })}`}
          </span>
        ) : null}
      </div>
      <p className="rule-why">{rule.explanation[language]}</p>
      {rule.problems.length === 0 ? null : (
        <ul className="rule-problems">
          {rule.problems.map(({ line, column, message, severity }) => (
            <li key={`${line}:${column} ${message.en}`}>
              <Tag tone={severity === "error" ? "bad" : "warn"}>
                {rule.file}:{line}:{column}
              </Tag>{" "}
              {message[language]}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>
          {t("ruleText")} <span className="muted">{`${rule.file}:${rule.line}`}</span>
        </summary>
        <pre>{rule.text}</pre>
      </details>
    </li>
  );
}
