import type { DemoStatus } from "@jx/contracts";
import { Button } from "antd";
import { useSpeech } from "../i18n/language.tsx";
import { call } from "../model/api.ts";
import { Card } from "./card.tsx";
import { OutcomeLine } from "./outcome.tsx";
import { useWork } from "./use-work.ts";

/** What to do when the edge knows no device. */
export function NoDevices() {
  const { t } = useSpeech();
  const { busy, outcome, run, dismiss } = useWork();
  return (
    <Card title={t("emptyTitle")} className="no-devices">
      <p>{t("emptyFirst")}</p>
      <pre>jx device probe modbus-tcp://192.168.1.10:502/1/holding/0</pre>
      <p>{t("emptyThen")}</p>
      <pre>
        {"jx device add pump-profile.yaml pump-1.yaml\njx device template > points.csv\njx device import points.csv"}
      </pre>
      <p className="muted">{t("emptyMore")}</p>
      <p>
        {t("emptyDemo")}{" "}
        <Button
          loading={busy !== undefined}
          onClick={() => void run(t("demoOn"), () => call<DemoStatus>("/api/v3/demo/on", { method: "POST" }))}
        >
          {t("demoOn")}
        </Button>
      </p>
      {outcome?.ok === false ? <OutcomeLine outcome={outcome} onClose={dismiss} /> : null}
    </Card>
  );
}
