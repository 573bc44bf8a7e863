import { Segmented } from "antd";
import { useSpeech } from "../i18n/language.tsx";
import type { Language } from "../i18n/text.ts";
import { formatAge, formatBytes } from "../model/format.ts";
import { useEdgeNow, useLive } from "./live.tsx";
import { PAGE_LINKS, usePage } from "./use-page.ts";

const LANGUAGES = [
  { value: "zh", label: "中文" },
  { value: "en", label: "EN" },
] as const;

export function PageHeader({ demo }: { readonly demo: boolean }) {
  const { t, language, choose } = useSpeech();
  return (
    <header className="page-header">
      <div className="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M3 17h7l3-9 6 17 3-8h7" />
        </svg>
        <h1>
          JX Edge <span className="brand-more">{t("product")}</span>
        </h1>
        {demo ? (
          <span className="demo-badge" title={t("demoBadgeHint")}>
            {t("demoBadge")}
          </span>
        ) : null}
      </div>
      <Pages />
      <Vitals />
      <Segmented<Language>
        aria-label={t("language")}
        options={[...LANGUAGES]}
        value={language}
        onChange={choose}
        size="small"
      />
    </header>
  );
}

function Pages() {
  const { t } = useSpeech();
  const page = usePage();
  return (
    <nav className="pages" aria-label={t("pages")}>
      <a href={PAGE_LINKS.work} aria-current={page === "work" ? "page" : undefined}>
        {t("pageWork")}
      </a>
      <a href={PAGE_LINKS.system} aria-current={page === "system" ? "page" : undefined}>
        {t("pageSystem")}
      </a>
    </nav>
  );
}

function Vitals() {
  const { t } = useSpeech();
  const status = useLive((state) => state.status);
  return (
    <div className="vitals">
      <Connection />
      {status === undefined ? null : (
        <dl>
          <Vital name={t("events")} value={`${status.eventsPerSecond} ${t("perSecond")}`} />
          <Vital name={t("memory")} value={formatBytes(status.rssBytes)} />
          <Vital name={t("loopDelay")} value={`${status.loopDelayMs.toFixed(1)} ms`} />
        </dl>
      )}
    </div>
  );
}

function Vital({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Connection() {
  const { t, language } = useSpeech();
  const connection = useLive((state) => state.connection);
  const lastMessage = useLive((state) => (state.connection === "live" ? undefined : state.lastMessage));
  const offset = useLive((state) => state.clockOffset);
  const now = useEdgeNow() - offset;
  const text =
    connection === "live"
      ? t("live")
      : lastMessage === undefined
        ? t("connecting")
        : t("reconnecting", { age: formatAge(now - lastMessage, language) });
  return (
    <span className={`connection connection-${connection}`} role="status">
      <span className="dot" aria-hidden="true" />
      {text}
    </span>
  );
}
