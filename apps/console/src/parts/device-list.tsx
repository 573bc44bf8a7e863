import type { Device } from "@jx/contracts";
import { Input } from "antd";
import { useMemo, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";
import type { TextKey } from "../i18n/text.ts";
import { inLanguage } from "../model/format.ts";
import type { Health } from "../model/state.ts";
import { useLive } from "./live.tsx";

const SHOWN = 60;
const FILTER_FROM = 9;

export const HEALTH_WORDS: Readonly<Record<Health["state"], TextKey>> = {
  ok: "healthOk",
  degraded: "healthDegraded",
  down: "healthDown",
  idle: "healthIdle",
};

export interface DeviceListProps {
  readonly devices: readonly Device[];
  readonly selected: string | undefined;
  readonly onSelect: (device: string) => void;
}

/** Every device with its health; a filter appears when there are many. */
export function DeviceList({ devices, selected, onSelect }: DeviceListProps) {
  const { t, language } = useSpeech();
  const health = useLive((state) => state.health);
  const [words, setWords] = useState("");
  const found = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    if (wanted === "") return devices;
    return devices.filter(({ name, description = "" }) => `${name} ${description}`.toLowerCase().includes(wanted));
  }, [devices, words]);
  return (
    <div className="device-list">
      {devices.length < FILTER_FROM ? null : (
        <div className="device-filter">
          <Input
            allowClear
            aria-label={t("filterDevices")}
            placeholder={t("filterDevices")}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          <span className="muted">{t("shown", { shown: Math.min(found.length, SHOWN), all: devices.length })}</span>
        </div>
      )}
      <ul>
        {found.slice(0, SHOWN).map(({ name, description }) => {
          const state = health.get(name)?.state ?? "idle";
          return (
            <li key={name}>
              <button
                type="button"
                className={`device health-${state}`}
                aria-pressed={name === selected}
                onClick={() => onSelect(name)}
              >
                <span className="dot" aria-hidden="true" />
                <span className="device-name">
                  <span className="device-words">{inLanguage(description, language) || name}</span>
                  <span className="visually-hidden"> {t(HEALTH_WORDS[state])}</span>
                </span>
                <span className="device-id">{name}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
