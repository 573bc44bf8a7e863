import type { TextKey, Translate } from "../i18n/text.ts";

export interface FaultChoice {
  readonly key: string;
  readonly text: TextKey;
  /** As the plant's control protocol names it (plant/src/station/faults.ts). */
  readonly fault: Readonly<Record<string, unknown>>;
}

/** The faults of the small menu; those of one pump hit the one that runs. */
export function otherFaults(pump: 1 | 2): readonly FaultChoice[] {
  return [
    { key: "frozen", text: "faultFrozen", fault: { fault: "frozen", sensor: `pump${pump}.BearingTempDE` } },
    { key: "noise", text: "faultNoise", fault: { fault: "noise", sensor: `pump${pump}.Vibration` } },
    { key: "drop", text: "faultDrop", fault: { fault: "drop", seconds: 10 } },
    { key: "slow", text: "faultSlow", fault: { fault: "slow", ms: 800 } },
    { key: "exception", text: "faultException", fault: { fault: "exception", code: 4 } },
  ];
}

const KINDS: Readonly<Record<string, TextKey>> = {
  overheat: "kindOverheat",
  frozen: "kindFrozen",
  noise: "kindNoise",
  drop: "kindDrop",
  slow: "kindSlow",
  exception: "kindException",
};

/** "overheat:pump1" in words. */
export function faultName(key: string, t: Translate): string {
  const [kind = "", target] = key.split(":");
  const text = KINDS[kind];
  const name = text === undefined ? kind : t(text);
  if (target === undefined) return name;
  const [unit = "", sensor] = target.split(".");
  const where = unit === "pump1" ? t("pump1") : unit === "pump2" ? t("pump2") : unit;
  return [name, where, sensor].filter(Boolean).join(" · ");
}
