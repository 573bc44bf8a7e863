import type { DemoStatus } from "@jx/contracts";
import { Button, Dropdown } from "antd";
import { useEffect, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { call } from "../model/api.ts";
import { faultName, otherFaults } from "../model/faults.ts";
import { faultyPump } from "../model/station.ts";
import { Tag } from "./card.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { useLive } from "./live.tsx";
import { OutcomeLine } from "./outcome.tsx";
import { useWork } from "./use-work.ts";

const ASK_MS = 3_000;

/** What can be done to the plant: faults in, faults out, back to the start. */
export function DemoBar() {
  const { t } = useSpeech();
  const { busy, outcome, run, dismiss } = useWork();
  const [faults, setFaults] = useState<readonly string[]>([]);
  const pump = useLive((state) => faultyPump(state.values));
  const pumpName = t(pump === 1 ? "pump1" : "pump2");

  useEffect(() => {
    const abort = new AbortController();
    const ask = (): void => {
      call<DemoStatus>("/api/v3/demo", { signal: abort.signal }).then(
        ({ activeFaults }) => setFaults(activeFaults),
        () => {}, // The header says that the edge does not answer.
      );
    };
    ask();
    const timer = setInterval(ask, ASK_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, []);

  const post = (what: string, action: string, body?: unknown): void =>
    void run(what, async () => {
      const { activeFaults } = await call<DemoStatus>(`/api/v3/demo/${action}`, { method: "POST", body });
      setFaults(activeFaults);
    });
  const overheat = t("injectOverheat", { pump: pumpName });
  const menu = otherFaults(pump).map(({ key, text, fault }) => {
    const label = t(text, { pump: pumpName });
    return { key, label, onClick: () => post(label, "fault", fault) };
  });
  return (
    <div className="demo-bar">
      <h3>{t("demo")}</h3>
      <div className="buttons">
        <Button
          type="primary"
          ghost
          loading={busy === overheat}
          onClick={() => post(overheat, "fault", { fault: "overheat", pump })}
        >
          {overheat}
        </Button>
        <Dropdown menu={{ items: menu }} trigger={["click"]}>
          <Button>{t("moreFaults")} ▾</Button>
        </Dropdown>
        <Button
          disabled={faults.length === 0}
          loading={busy === t("clearFaults")}
          onClick={() => post(t("clearFaults"), "clear")}
        >
          {t("clearFaults")}
        </Button>
        <Button
          title={t("resetPlantMore")}
          loading={busy === t("resetPlant")}
          onClick={() => post(t("resetPlant"), "reset")}
        >
          {t("resetPlant")}
        </Button>
        <ConfirmButton
          label={t("demoOff")}
          question={t("confirmDemoOff")}
          more={t("confirmDemoOffMore")}
          busy={busy === t("demoOff")}
          onConfirm={() => post(t("demoOff"), "off")}
        />
      </div>
      <p className="demo-note">
        {t("activeFaults")}:{" "}
        {faults.length === 0
          ? t("noFaults")
          : faults.map((key) => (
              <Tag key={key} tone="warn">
                {faultName(key, t)}
              </Tag>
            ))}
      </p>
      {outcome?.ok === false ? <OutcomeLine outcome={outcome} onClose={dismiss} /> : null}
    </div>
  );
}
