import { useMemo } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { STATION, silentDevices } from "../model/station.ts";
import { Card } from "./card.tsx";
import { DemoBar } from "./demo-bar.tsx";
import { useLive } from "./live.tsx";
import { PumpControl } from "./pump-control.tsx";
import type { Select } from "./selection.ts";
import { Synoptic } from "./synoptic.tsx";
import { NARROW, WIDE } from "./synoptic-layout.ts";
import { useMedia } from "./use-media.ts";

export function StationCard({ onSelect }: { readonly onSelect: Select }) {
  const { t } = useSpeech();
  const values = useLive((state) => state.values);
  const rules = useLive((state) => state.rules);
  const health = useLive((state) => state.health);
  const lost = useLive((state) => state.connection !== "live");
  const silent = useMemo(() => silentDevices(health), [health]);
  const narrow = useMedia("(max-width: 640px)");
  return (
    <Card title={t("station")} extra={<span className="muted">{t("stationHint")}</span>} className="station">
      <Synoptic
        layout={narrow ? NARROW : WIDE}
        values={values}
        rules={rules}
        lost={lost}
        silent={silent}
        onSelect={onSelect}
      />
      <div className="pump-controls">
        {STATION.pumps.map((device, index) => (
          <PumpControl
            key={device}
            device={device}
            name={t(index === 0 ? "pump1" : "pump2")}
            values={values.get(device)}
            silent={lost || silent.has(device)}
          />
        ))}
      </div>
      <DemoBar />
    </Card>
  );
}
