import type { DeviceResource } from "@jx/contracts";
import { Input } from "antd";
import { type ReactNode, useId, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { formatUnits } from "../model/format.ts";
import { writeResource } from "./commands.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { OutcomeLine } from "./outcome.tsx";
import { useWork } from "./use-work.ts";

/** Writes one resource: true and false as two buttons, anything else as text that the edge checks. */
export function WriteForm({ device, resource }: { readonly device: string; readonly resource: DeviceResource }) {
  const { t } = useSpeech();
  const { busy, outcome, run, dismiss } = useWork();
  const [text, setText] = useState(resource.properties.defaultValue ?? "");
  const id = useId();
  const { valueType, units = "", minimum, maximum } = resource.properties;
  const target = `${device}.${resource.name}`;
  const button = (value: string, label: string, shown: string): ReactNode => (
    <ConfirmButton
      label={label}
      question={t("confirmWrite", { value: shown, target })}
      more={t("confirmWriteMore")}
      busy={busy !== undefined}
      danger
      blocked={value === "" ? t("newValue") : undefined}
      onConfirm={() => void run(`${target} = ${shown}`, () => writeResource(device, resource.name, value))}
    />
  );
  const range =
    minimum === undefined && maximum === undefined
      ? ""
      : t("range", { min: minimum ?? "−∞", max: `${maximum ?? "∞"} ${formatUnits(units)}`.trim() });
  return (
    <div className="write-form">
      {valueType === "Bool" ? (
        <div className="buttons">
          {button("true", t("writeTrue"), "true")}
          {button("false", t("writeFalse"), "false")}
        </div>
      ) : (
        <div className="buttons">
          <label htmlFor={id}>{t("newValue")}</label>
          <Input
            id={id}
            className="write-input"
            value={text}
            suffix={units === "" ? valueType : formatUnits(units)}
            inputMode={/^(U?[Ii]nt|Float)\d+$/.test(valueType) ? "decimal" : "text"}
            onChange={(event) => setText(event.target.value)}
          />
          {button(text.trim(), t("write"), `${text.trim()} ${formatUnits(units)}`.trim())}
          <span className="muted">{range}</span>
        </div>
      )}
      <OutcomeLine outcome={outcome} onClose={dismiss} />
    </div>
  );
}
