import { useSpeech } from "../i18n/language.tsx";
import type { DeviceValues } from "../model/state.ts";
import { type PumpState, pumpState } from "../model/station.ts";
import { Tag, type Tone } from "./card.tsx";
import { writeResource } from "./commands.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { OutcomeLine } from "./outcome.tsx";
import { stateKey } from "./synoptic.tsx";
import { useWork } from "./use-work.ts";

const TONES: Readonly<Record<PumpState, Tone>> = {
  running: "accent",
  starting: "accent",
  coasting: "quiet",
  stopped: "quiet",
  tripped: "bad",
  unknown: "warn",
};

export interface PumpControlProps {
  readonly device: string;
  readonly name: string;
  readonly values: DeviceValues | undefined;
  /** It does not answer: the state is the last that was known. */
  readonly silent: boolean;
}

/** Stop can always be pressed, whatever the page believes about the pump. */
export function PumpControl({ device, name, values, silent }: PumpControlProps) {
  const { t } = useSpeech();
  const { busy, outcome, run, dismiss } = useWork();
  const state = pumpState(values);
  const command = (resource: "Stop" | "Start" | "Reset", label: string) => () =>
    void run(`${name} ${label}`, () => writeResource(device, resource, "true"));
  const blockedStart =
    state === "tripped"
      ? t("startTripped")
      : state === "running" || state === "starting"
        ? t("startRunning")
        : undefined;
  const isBusy = (label: string): boolean => busy === `${name} ${label}`;
  return (
    <div className="pump-control">
      <div className="pump-control-row">
        <h3>
          {name} <Tag tone={TONES[state]}>{t(stateKey(state))}</Tag>{" "}
          {silent ? (
            <Tag tone="warn" title={t("staleHint")}>
              {t("stale")}
            </Tag>
          ) : null}
        </h3>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame and a legend */}
        <div className="buttons" role="group" aria-label={name}>
          <ConfirmButton
            label={t("stop")}
            question={t("confirmStop", { device: name })}
            more={t("confirmStopMore")}
            onConfirm={command("Stop", t("stop"))}
            busy={isBusy(t("stop"))}
            danger
            primary
          />
          <ConfirmButton
            label={t("start")}
            question={t("confirmStart", { device: name })}
            more={t("confirmStartMore")}
            onConfirm={command("Start", t("start"))}
            busy={isBusy(t("start"))}
            blocked={blockedStart}
          />
          <ConfirmButton
            label={t("reset")}
            question={t("confirmReset", { device: name })}
            more={t("confirmResetMore")}
            onConfirm={command("Reset", t("reset"))}
            busy={isBusy(t("reset"))}
            blocked={state === "tripped" ? undefined : t("resetIdle")}
          />
        </div>
      </div>
      <OutcomeLine outcome={outcome} onClose={dismiss} />
    </div>
  );
}
