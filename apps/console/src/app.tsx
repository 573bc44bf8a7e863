import type { Device } from "@jx/contracts";
import { useCallback, useEffect, useRef, useState } from "react";
import { useSpeech } from "./i18n/language.tsx";
import { hasStation, STATION } from "./model/station.ts";
import { DevicesCard } from "./parts/devices-card.tsx";
import { useDevices } from "./parts/directory.ts";
import { FiringsCard } from "./parts/firings-card.tsx";
import { useLive } from "./parts/live.tsx";
import { NoDevices } from "./parts/no-devices.tsx";
import { PageFooter } from "./parts/page-footer.tsx";
import { PageHeader } from "./parts/page-header.tsx";
import { RulesCard } from "./parts/rules-card.tsx";
import type { Selection } from "./parts/selection.ts";
import { StationCard } from "./parts/station-card.tsx";
import { SystemPage } from "./parts/system-page.tsx";
import { TrendCard } from "./parts/trend-card.tsx";
import { usePage } from "./parts/use-page.ts";

const FIRST: Selection = { device: STATION.pumps[0], resource: "BearingTempDE" };

export function App() {
  const { t } = useSpeech();
  const devices = useDevices();
  const demo = devices.value !== undefined && hasStation(devices.value);
  const page = usePage();
  const refusal = useLive((state) => state.refusal);
  return (
    <>
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <PageHeader demo={demo} />
      <main id="main">
        {refusal === undefined ? null : (
          <p className="outcome outcome-bad refusal" role="alert">
            {refusal}
          </p>
        )}
        {devices.error === undefined || devices.error === refusal ? null : (
          <p className="outcome outcome-bad" role="alert">
            {t("loadFailed")}: {devices.error}
          </p>
        )}
        {page === "system" ? <SystemPage /> : <Work devices={devices.value} demo={demo} />}
      </main>
      <PageFooter />
    </>
  );
}

function Work({ devices, demo }: { readonly devices: readonly Device[] | undefined; readonly demo: boolean }) {
  if (devices === undefined) return null;
  return devices.length === 0 ? <NoDevices /> : <Workplace devices={devices} demo={demo} />;
}

function Workplace({ devices, demo }: { readonly devices: readonly Device[]; readonly demo: boolean }) {
  const [shownName, setShownName] = useState<string>();
  const [chosen, setChosen] = useState<Selection>();
  const trend = useRef<HTMLDivElement>(null);
  const first = useFirstNumber(devices[0]?.name);

  const byName = (name: string | undefined): Device | undefined => devices.find((device) => device.name === name);
  const shown = byName(shownName) ?? devices.find(({ name }) => !demo || name === FIRST.device);
  const selection = chosen !== undefined && byName(chosen.device) !== undefined ? chosen : demo ? FIRST : first;

  const select = useCallback((next: Selection) => {
    setChosen(next);
    setShownName(next.device);
    // On a phone the trend stands elsewhere on the page.
    trend.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, []);
  useEffect(() => {
    if (shownName !== undefined && byName(shownName) === undefined) setShownName(undefined);
  });
  return (
    <div className={demo ? "workplace" : "workplace workplace-own"}>
      {demo ? <StationCard onSelect={select} /> : null}
      <div className="aside">
        <div ref={trend} className="trend-place">
          <TrendCard selection={selection} device={byName(selection?.device)} demo={demo} />
        </div>
        <FiringsCard />
        <RulesCard demo={demo} />
      </div>
      <DevicesCard devices={devices} shown={shown} selection={selection} onShow={setShownName} onSelect={select} />
    </div>
  );
}

/** Something to look at before anybody has chosen: the first number of the first device. */
function useFirstNumber(device: string | undefined): Selection | undefined {
  const resource = useLive((state) => {
    for (const [name, { value }] of state.values.get(device ?? "") ?? []) if (typeof value === "number") return name;
    return undefined;
  });
  return device === undefined || resource === undefined ? undefined : { device, resource };
}
