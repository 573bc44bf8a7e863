import type { Device } from "@jx/contracts";
import { Segmented } from "antd";
import { useMemo, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { formatNumber, formatOffset, formatTime, formatUnits, inLanguage, toNumber } from "../model/format.ts";
import { pollIntervals } from "../model/polls.ts";
import { STATION } from "../model/station.ts";
import { thresholdsOf } from "../model/thresholds.ts";
import { extent, toTrendData } from "../model/trend-data.ts";
import { Card } from "./card.tsx";
import { useProfile } from "./directory.ts";
import { useEdgeNow, useLive } from "./live.tsx";
import type { Selection } from "./selection.ts";
import { TrendChart } from "./trend-chart.tsx";
import { useTrend } from "./use-trend.ts";

const WINDOWS = [2, 10, 30] as const; // minutes
type Minutes = (typeof WINDOWS)[number];
const STATION_DEVICES: ReadonlySet<string> = new Set([...STATION.pumps, STATION.header]);
const DEFAULT_GAP_MS = 10_000;

export interface TrendCardProps {
  readonly selection: Selection | undefined;
  readonly device: Device | undefined;
  /** Thresholds of the demo are demonstration values and are marked so. */
  readonly demo: boolean;
}

export function TrendCard({ selection, device, demo }: TrendCardProps) {
  const { t } = useSpeech();
  const [minutes, setMinutes] = useState<Minutes>(2);
  const offset = useMemo(() => formatOffset(Date.now()), []);
  const chooser = (
    <Segmented<Minutes>
      size="small"
      options={WINDOWS.map((value) => ({ value, label: t("minutes", { count: value }) }))}
      value={minutes}
      onChange={setMinutes}
    />
  );
  return (
    <Card title={t("trend")} extra={chooser} className="trend">
      {selection === undefined || device === undefined ? (
        <p className="muted">{t("noTrend")}</p>
      ) : (
        <TrendBody selection={selection} device={device} minutes={minutes} demo={demo} />
      )}
      <p className="muted trend-zone">{t("localTime", { offset })}</p>
    </Card>
  );
}

interface TrendBodyProps {
  readonly selection: Selection;
  readonly device: Device;
  readonly minutes: Minutes;
  readonly demo: boolean;
}

function TrendBody({ selection, device, minutes, demo }: TrendBodyProps) {
  const { t, language } = useSpeech();
  const profile = useProfile(device.profileName).value;
  const reading = useLive((state) => state.values.get(selection.device)?.get(selection.resource));
  const rules = useLive((state) => state.rules);
  const now = useEdgeNow();
  const trend = useTrend(selection, minutes * 60_000);
  const [point, setPoint] = useState<{ readonly time: number; readonly value: number }>();

  const resource = profile?.deviceResources?.find(({ name }) => name === selection.resource);
  const units = reading?.units ?? resource?.properties.units ?? "";
  const valueType = reading?.valueType ?? resource?.properties.valueType ?? "";
  const gapMs = 4 * (pollIntervals(device, profile).get(selection.resource) ?? DEFAULT_GAP_MS / 4);
  const data = useMemo(() => toTrendData(trend.points, Math.max(gapMs, 2_000)), [trend.points, gapMs]);
  const thresholds = useMemo(
    () => thresholdsOf(rules ?? [], selection.device, selection.resource, units),
    [rules, selection, units],
  );
  const stepped = valueType === "Bool";
  const show = (value: number): string =>
    stepped ? String(value) : `${formatNumber(value, valueType, resource?.properties)} ${formatUnits(units)}`.trim();
  const range = extent(trend.points);
  const last = reading === undefined ? undefined : toNumber(reading.value, reading.valueType);
  const deviceName = inLanguage(device.description, language) || device.name;
  const name = `${deviceName} · ${inLanguage(resource?.description, language) || selection.resource}`;
  const label = t("trendLabel", {
    name,
    minutes,
    min: range === undefined ? "—" : show(range.min),
    max: range === undefined ? "—" : show(range.max),
  });
  return (
    <>
      <div className="trend-head">
        <p className="trend-name">
          <span className="trend-words">{name}</span>
          <span className="resource-id">
            {selection.device}.{selection.resource}
          </span>
        </p>
        <p className="trend-now">{last === undefined ? "—" : show(last)}</p>
      </div>
      <TrendChart
        data={data}
        from={now / 1_000 - minutes * 60}
        to={now / 1_000}
        thresholds={thresholds}
        thresholdNote={demo && STATION_DEVICES.has(selection.device) ? t("demoFigureShort") : ""}
        stepped={stepped}
        label={label}
        onPoint={setPoint}
      />
      <p className="trend-foot">
        {trend.error !== undefined ? (
          <span role="alert" className="bad-text">
            {t("historyFailed")}: {trend.error}
          </span>
        ) : point !== undefined ? (
          `${formatTime(point.time * 1_000, 3)}  ${show(point.value)}`
        ) : range !== undefined ? (
          `${t("min")} ${show(range.min)} · ${t("max")} ${show(range.max)}`
        ) : trend.loading ? (
          t("loadingHistory")
        ) : last === undefined && reading !== undefined ? (
          t("notNumeric")
        ) : (
          t("noPoints")
        )}
      </p>
    </>
  );
}
