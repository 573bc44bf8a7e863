import type { Device, DeviceProfile, DeviceResource, LiveReading } from "@jx/contracts";
import { Fragment, useMemo, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";
import type { Translate } from "../i18n/text.ts";
import { formatAge, formatUnits, formatValue, inLanguage, nsToMs } from "../model/format.ts";
import { isStale, pollIntervals } from "../model/polls.ts";
import { valueRows } from "../model/rows.ts";
import { Tag } from "./card.tsx";
import { useEdgeNow, useLive } from "./live.tsx";
import type { Select, Selection } from "./selection.ts";
import { WriteForm } from "./write-form.tsx";

export interface ValuesTableProps {
  readonly device: Device;
  readonly profile: DeviceProfile | undefined;
  readonly selection: Selection | undefined;
  readonly onSelect: Select;
}

export function ValuesTable({ device, profile, selection, onSelect }: ValuesTableProps) {
  const { t } = useSpeech();
  const values = useLive((state) => state.values.get(device.name));
  const now = useEdgeNow();
  const intervals = useMemo(() => pollIntervals(device, profile), [device, profile]);
  const rows = valueRows(profile, values);
  const [writing, setWriting] = useState<string>();
  if (rows.length === 0) return <p className="muted no-values">{t("noDeviceValues")}</p>;
  return (
    <table className="values">
      <thead>
        <tr>
          <th scope="col">{t("resource")}</th>
          <th scope="col" className="number">
            {t("value")}
          </th>
          <th scope="col" className="age">
            {t("age")}
          </th>
          <th scope="col" className="quality">
            {t("quality")}
          </th>
          <th scope="col" className="write">
            <span className="visually-hidden">{t("action")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, resource, reading }) => {
          const chosen = selection?.device === device.name && selection.resource === name;
          const open = writing === name;
          return (
            <Fragment key={name}>
              <tr className={chosen ? "chosen" : ""}>
                <NameCell
                  name={name}
                  resource={resource}
                  chosen={chosen}
                  onPress={() => onSelect({ device: device.name, resource: name })}
                />
                <ValueCell reading={reading} resource={resource} t={t} />
                <AgeCell reading={reading} now={now} intervalMs={intervals.get(name)} />
                <td className="quality">
                  {reading === undefined ? null : <Quality quality={reading.quality} t={t} />}
                </td>
                <td className="write">
                  {resource?.properties.readWrite.includes("W") === true ? (
                    <button
                      type="button"
                      className="plain"
                      aria-expanded={open}
                      aria-label={t("writeTo", { resource: name })}
                      onClick={() => setWriting(open ? undefined : name)}
                    >
                      {t("write")}
                    </button>
                  ) : null}
                </td>
              </tr>
              {open && resource !== undefined ? (
                <tr className="write-row">
                  <td colSpan={5}>
                    <WriteForm key={`${device.name} ${name}`} device={device.name} resource={resource} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

interface NameCellProps {
  readonly name: string;
  readonly resource: DeviceResource | undefined;
  readonly chosen: boolean;
  readonly onPress: () => void;
}

function NameCell({ name, resource, chosen, onPress }: NameCellProps) {
  const { t, language } = useSpeech();
  const words = inLanguage(resource?.description, language);
  return (
    <th scope="row">
      <button
        type="button"
        className="row-button"
        aria-pressed={chosen}
        title={t("showTrend", { resource: name })}
        onClick={onPress}
      >
        <span>{words || name}</span>
        {words === "" ? null : <span className="resource-id">{name}</span>}
      </button>
    </th>
  );
}

interface ValueCellProps {
  readonly reading: LiveReading | undefined;
  readonly resource: DeviceResource | undefined;
  readonly t: Translate;
}

function ValueCell({ reading, resource, t }: ValueCellProps) {
  if (reading === undefined) return <td className="number muted">{t("noValue")}</td>;
  const words = { yes: t("yes"), no: t("no"), none: t("noValue"), bytes: (count: number) => t("bytes", { count }) };
  const units = reading.units === "" ? "" : formatUnits(reading.units);
  return (
    <td className="number">
      <span className="figure-text">{formatValue(reading, words, resource?.properties)}</span>
      <span className="units">{units}</span>
    </td>
  );
}

interface AgeCellProps {
  readonly reading: LiveReading | undefined;
  readonly now: number;
  readonly intervalMs: number | undefined;
}

function AgeCell({ reading, now, intervalMs }: AgeCellProps) {
  const { t, language } = useSpeech();
  if (reading === undefined) return <td className="age" />;
  const age = now - nsToMs(reading.origin);
  return (
    <td className="age">
      {isStale(age, intervalMs) ? (
        <Tag tone="warn" title={t("staleHint")}>
          {t("stale")}
        </Tag>
      ) : null}{" "}
      {t("ago", { age: formatAge(age, language) })}
    </td>
  );
}

function Quality({ quality, t }: { readonly quality: string; readonly t: Translate }) {
  if (quality === "good") return <span className="muted">{t("qualityGood")}</span>;
  return quality === "bad" ? <Tag tone="bad">{t("qualityBad")}</Tag> : <Tag tone="warn">{t("qualityUncertain")}</Tag>;
}
