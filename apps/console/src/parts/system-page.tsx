import type { SystemStatus } from "@jx/contracts";
import { DROPS, QUEUES } from "@jx/contracts/system-words";
import { useSpeech } from "../i18n/language.tsx";
import { formatAge, formatBytes } from "../model/format.ts";
import { type CountRow, countRows } from "../model/system.ts";
import { Card } from "./card.tsx";
import { CountTable } from "./count-table.tsx";
import { useEdgeNow, useLive } from "./live.tsx";
import { ServicesCard } from "./services-card.tsx";
import { type System, useSystem } from "./use-system.ts";

/** Every service, what waits, what was dropped, and where things lie. */
export function SystemPage() {
  const { t } = useSpeech();
  const { system, error } = useSystem();
  return (
    <div className="system">
      {error === undefined ? null : (
        <p className="outcome outcome-bad" role="alert">
          {t("loadFailed")}: {error}
        </p>
      )}
      {system === undefined ? (
        <p className="muted">{error === undefined ? t("loading") : null}</p>
      ) : (
        <Loaded system={system} />
      )}
    </div>
  );
}

function Loaded({ system }: { readonly system: System }) {
  const { t, language } = useSpeech();
  const { queues, drops } = system.overview;
  const waiting = countRows(queues, QUEUES, language);
  const dropped = countRows(drops, DROPS, language);
  const lost = dropped.filter(({ count }) => count > 0).length;
  return (
    <>
      <ServicesCard overview={system.overview} />
      <div className="system-row">
        <Card title={t("queues")} extra={<span className="muted">{t("queuesHint")}</span>}>
          <Waiting rows={waiting} />
        </Card>
        <Card title={t("drops")} extra={<span className="muted">{lost === 0 ? t("noDrops") : t("sinceStart")}</span>}>
          <CountTable rows={dropped} head={t("dropped")} tone="loss" />
        </Card>
        <ProcessCard system={system} />
      </div>
    </>
  );
}

/** Dozens of queues are empty nearly always: only those that hold something are in sight. */
function Waiting({ rows }: { readonly rows: readonly CountRow[] }) {
  const { t } = useSpeech();
  const busy = rows.filter(({ count }) => count > 0);
  const idle = rows.slice(busy.length);
  return (
    <>
      {busy.length === 0 ? <p>{t("nothingWaits")}</p> : <CountTable rows={busy} head={t("waiting")} tone="plain" />}
      <details>
        <summary>{t("emptyQueues", { count: idle.length })}</summary>
        <CountTable rows={idle} head={t("waiting")} tone="plain" />
      </details>
    </>
  );
}

function storeText({ kind, version, address }: NonNullable<SystemStatus["store"]>): string {
  return kind === "sqlite" ? `SQLite ${version}` : `PostgreSQL ${version} · ${address}`;
}

function ProcessCard({ system: { status } }: { readonly system: System }) {
  const { t, language } = useSpeech();
  const now = useEdgeNow();
  const live = useLive((state) => state.status);
  const { disk, paths, broker, store } = status;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["JX Edge", status.version],
    [t("upFor"), formatAge(now - status.startedAt, language)],
    ["Node · pid", `${status.node} · ${status.pid}`],
    [t("memory"), formatBytes(live?.rssBytes ?? status.rssBytes)],
    [t("loopDelay"), `${(live?.loopDelayMs ?? status.loopDelayMs).toFixed(1)} ms`],
    [t("diskFree"), `${formatBytes(disk.freeBytes)} / ${formatBytes(disk.totalBytes)}`],
    [t("store"), store === undefined ? t("noStore") : storeText(store)],
    ["MQTT", broker === undefined ? t("noBroker") : `${broker.host}:${broker.port}`],
    [t("dataFolder"), paths.data],
    [t("configFile"), paths.config],
    [t("logFolder"), paths.logs],
  ];
  return (
    <Card title={t("process")}>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
