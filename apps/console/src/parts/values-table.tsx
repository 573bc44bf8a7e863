import type { Device, DeviceProfile } from "@jx/contracts";
import { useCallback, useMemo, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { pollIntervals } from "../model/polls.ts";
import { GROUPS, valueRows } from "../model/rows.ts";
import { useEdgeClock, useLive } from "./live.tsx";
import type { Select, Selection } from "./selection.ts";
import { ValueRowView } from "./value-row.tsx";

export interface ValuesTableProps {
  readonly device: Device;
  readonly profile: DeviceProfile | undefined;
  readonly selection: Selection | undefined;
  readonly onSelect: Select;
}

/** The newest value of every resource of one device; a press on a row shows its trend. */
export function ValuesTable({ device, profile, selection, onSelect }: ValuesTableProps) {
  const { t } = useSpeech();
  const values = useLive((state) => state.values.get(device.name));
  const { second, read } = useEdgeClock();
  const intervals = useMemo(() => pollIntervals(device, profile), [device, profile]);
  const rows = useMemo(() => valueRows(profile, values), [profile, values]);
  const [writing, setWriting] = useState<string>();
  const toggle = useCallback((name: string) => setWriting((open) => (open === name ? undefined : name)), []);
  if (rows.length === 0) return <p className="muted no-values">{t("noDeviceValues")}</p>;
  return (
    <table className="values">
      <thead>
        <tr>
          <th scope="col">{t("resource")}</th>
          <th scope="col" className="number">
            {t("value")}
          </th>
          <th scope="col" className="age">
            {t("age")}
          </th>
          <th scope="col" className="write">
            <span className="visually-hidden">{t("action")}</span>
          </th>
        </tr>
      </thead>
      {GROUPS.map((group) => {
        const members = rows.filter((row) => row.group === group);
        if (members.length === 0) return null;
        return (
          <tbody key={group}>
            <tr className="group-row">
              <th scope="colgroup" colSpan={4}>
                {t(group)}
              </th>
            </tr>
            {members.map(({ name, resource, reading }) => (
              <ValueRowView
                key={name}
                device={device.name}
                name={name}
                resource={resource}
                reading={reading}
                second={second}
                readClock={read}
                intervalMs={intervals.get(name)}
                chosen={selection?.device === device.name && selection.resource === name}
                writing={writing === name}
                onSelect={onSelect}
                onWrite={toggle}
              />
            ))}
          </tbody>
        );
      })}
    </table>
  );
}
