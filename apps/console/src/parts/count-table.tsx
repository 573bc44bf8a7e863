import { useSpeech } from "../i18n/language.tsx";
import type { CountRow } from "../model/system.ts";

export interface CountTableProps {
  readonly rows: readonly CountRow[];
  /** Above the figures. */
  readonly head: string;
  /** A loss stands out as soon as there is one; what waits is normal. */
  readonly tone: "plain" | "loss";
}

export function CountTable({ rows, head, tone }: CountTableProps) {
  const { t, language } = useSpeech();
  const format = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en");
  return (
    <table className="counts">
      <thead>
        <tr>
          <th scope="col">{t("what")}</th>
          <th scope="col" className="count">
            {head}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, kind, name, count }) => (
          <tr key={key} className={count === 0 ? "count-none" : tone === "loss" ? "count-loss" : ""}>
            <th scope="row">
              {kind}
              {name === "" ? null : <span className="resource-id"> {name}</span>}
            </th>
            <td className="count">{format.format(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
