import type { DeviceResource, LiveReading } from "@jx/contracts";
import { memo } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { formatAge, formatUnits, formatValue, inLanguage, nsToMs } from "../model/format.ts";
import { isStale } from "../model/polls.ts";
import { Tag } from "./card.tsx";
import type { Select } from "./selection.ts";
import { WriteForm } from "./write-form.tsx";

export interface ValueRowProps {
  readonly device: string;
  readonly name: string;
  readonly resource: DeviceResource | undefined;
  readonly reading: LiveReading | undefined;
  /** Another value every second: the age is to be shown again. */
  readonly second: number;
  /** The edge's time, ms since 1970. */
  readonly readClock: () => number;
  readonly intervalMs: number | undefined;
  readonly chosen: boolean;
  readonly writing: boolean;
  readonly onSelect: Select;
  readonly onWrite: (name: string) => void;
}

/** Renders again only when its own value or the second changed: a device may have a thousand rows. */
export const ValueRowView = memo(function ValueRowView(props: ValueRowProps) {
  const { device, name, resource, reading, second, readClock, intervalMs, chosen, writing, onSelect, onWrite } = props;
  const { t, language } = useSpeech();
  const words = inLanguage(resource?.description, language);
  const writable = resource?.properties.readWrite.includes("W") === true;
  return (
    <>
      <tr className={chosen ? "chosen" : ""}>
        <th scope="row">
          <button
            type="button"
            className="row-button"
            aria-pressed={chosen}
            title={t("showTrend", { resource: name })}
            onClick={() => onSelect({ device, resource: name })}
          >
            <span className="row-words">{words || name}</span>
            {words === "" ? null : <span className="resource-id">{name}</span>}
          </button>
        </th>
        <ValueCell reading={reading} resource={resource} />
        <AgeCell reading={reading} second={second} readClock={readClock} intervalMs={intervalMs} />
        <td className="write">
          {writable ? (
            <button
              type="button"
              className="plain"
              aria-expanded={writing}
              aria-label={t("writeTo", { resource: name })}
              onClick={() => onWrite(name)}
            >
              {t("write")}
            </button>
          ) : null}
        </td>
      </tr>
      {writing && resource !== undefined ? (
        <tr className="write-row">
          <td colSpan={4}>
            <WriteForm device={device} resource={resource} />
          </td>
        </tr>
      ) : null}
    </>
  );
});

type CellProps = Pick<ValueRowProps, "reading" | "resource">;

function ValueCell({ reading, resource }: CellProps) {
  const { t } = useSpeech();
  if (reading === undefined) return <td className="number muted">{t("noValue")}</td>;
  const words = { yes: t("yes"), no: t("no"), none: t("noValue"), bytes: (count: number) => t("bytes", { count }) };
  const isText = !/^(U?[Ii]nt|Float)\d+$|^Bool$/.test(reading.valueType);
  return (
    <td className="number">
      <span className={isText ? "figure-text figure-long" : "figure-text"}>
        {formatValue(reading, words, resource?.properties)}
      </span>
      {isText && reading.units === "" ? null : <span className="units">{formatUnits(reading.units)}</span>}
    </td>
  );
}

type AgeCellProps = Pick<ValueRowProps, "reading" | "second" | "readClock" | "intervalMs">;

/** Looked at once a second: an age that begins anew with every value would always be nought. */
const AgeCell = memo(function AgeCell({ reading, readClock, intervalMs }: AgeCellProps) {
  const { t, language } = useSpeech();
  if (reading === undefined) return <td className="age" />;
  const age = readClock() - nsToMs(reading.origin);
  return (
    <td className="age">
      <span>{t("ago", { age: formatAge(age, language) })}</span>{" "}
      {isStale(age, intervalMs) ? (
        <Tag tone="warn" title={t("staleHint")}>
          {t("stale")}
        </Tag>
      ) : (
        <Quality quality={reading.quality} />
      )}
    </td>
  );
}, sameSecond);

function sameSecond(before: AgeCellProps, after: AgeCellProps): boolean {
  return before.second === after.second && before.reading?.quality === after.reading?.quality;
}

function Quality({ quality }: { readonly quality: string }) {
  const { t } = useSpeech();
  if (quality === "good") return <span className="good-text">{t("qualityGood")}</span>;
  return quality === "bad" ? <Tag tone="bad">{t("qualityBad")}</Tag> : <Tag tone="warn">{t("qualityUncertain")}</Tag>;
}
