import type { Device } from "@jx/contracts";
import { useSpeech } from "../i18n/language.tsx";
import { formatMoment, nsToMs } from "../model/format.ts";
import { Card, Tag, type Tone } from "./card.tsx";
import { DeviceList, HEALTH_WORDS } from "./device-list.tsx";
import { useProfile } from "./directory.ts";
import { useEdgeNow, useLive } from "./live.tsx";
import type { Select, Selection } from "./selection.ts";
import { ValuesTable } from "./values-table.tsx";

export interface DevicesCardProps {
  readonly devices: readonly Device[];
  readonly shown: Device | undefined;
  readonly selection: Selection | undefined;
  readonly onShow: (device: string) => void;
  readonly onSelect: Select;
}

export function DevicesCard({ devices, shown, selection, onShow, onSelect }: DevicesCardProps) {
  const { t } = useSpeech();
  const profile = useProfile(shown?.profileName);
  return (
    <Card title={t("devices")} className="devices">
      <DeviceList devices={devices} selected={shown?.name} onSelect={onShow} />
      {shown === undefined ? null : <DeviceHealthLine device={shown} />}
      {profile.error === undefined ? null : (
        <p className="device-error" role="alert">
          {t("loadFailed")}: {profile.error}
        </p>
      )}
      {shown === undefined || profile.loading ? null : (
        <ValuesTable device={shown} profile={profile.value} selection={selection} onSelect={onSelect} />
      )}
    </Card>
  );
}

const TONES: Readonly<Record<string, Tone>> = { ok: "good", degraded: "warn", down: "bad", idle: "quiet" };

function DeviceHealthLine({ device }: { readonly device: Device }) {
  const { t } = useSpeech();
  const health = useLive((state) => state.health.get(device.name));
  const now = useEdgeNow();
  const state = health?.state ?? "idle";
  const facts = [`${t("service")} ${device.serviceName}`, `${t("profile")} ${device.profileName ?? ""}`];
  if (health?.rttMs !== undefined) facts.push(t("rtt", { ms: health.rttMs.toFixed(1) }));
  if (health !== undefined && health.skippedPolls > 0) facts.push(t("skipped", { count: health.skippedPolls }));
  if (health !== undefined && health.failures > 0) facts.push(t("failures", { count: health.failures }));
  const bad = state === "down" || state === "degraded";
  return (
    <div className="device-health">
      <p>
        <strong>{device.name}</strong> <Tag tone={TONES[state] ?? "quiet"}>{t(HEALTH_WORDS[state])}</Tag>
        {device.adminState === "LOCKED" ? <Tag tone="warn">{t("locked")}</Tag> : null}
        <span className="muted"> {facts.join(" · ")}</span>
      </p>
      {bad && health !== undefined ? (
        <p className="device-error" role="alert">
          {health.lastError === undefined ? null : `${t("lastError")}: ${health.lastError}. `}
          {health.lastOk === undefined ? t("neverOk") : t("lastOk", { time: formatMoment(nsToMs(health.lastOk), now) })}
        </p>
      ) : null}
    </div>
  );
}
