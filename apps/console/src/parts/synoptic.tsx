import { useSpeech } from "../i18n/language.tsx";
import type { TextKey } from "../i18n/text.ts";
import { formatNumber, formatUnits } from "../model/format.ts";
import type { LiveState } from "../model/state.ts";
import { isAlarmed, numberOf, type PumpState, pumpState, STATION } from "../model/station.ts";
import type { Select } from "./selection.ts";
import type { Layout, Point } from "./synoptic-layout.ts";
import { Consumers, Exchanger, PumpSymbol, Tank, Valve } from "./synoptic-symbols.tsx";

export interface SynopticProps {
  readonly layout: Layout;
  readonly values: LiveState["values"];
  readonly rules: LiveState["rules"];
  /** The stream is silent: all that is shown is old. */
  readonly lost: boolean;
  /** Devices that do not answer. */
  readonly silent: ReadonlySet<string>;
  readonly onSelect: Select;
}

const DECIMALS: Readonly<Record<string, number>> = {
  HeaderPressure: 3,
  HeaderFlow: 0,
  HeatLoad: 0,
  Speed: 0,
  ValvePosition: 1,
};

/** The station as people know it from the wall of a control room. Figures can be pressed to see their trend. */
export function Synoptic({ layout, values, rules, lost, silent, onSelect }: SynopticProps) {
  const { t } = useSpeech();
  const header = values.get(STATION.header);
  const states = STATION.pumps.map((pump) => pumpState(values.get(pump)));
  const flows = (numberOf(header, "HeaderFlow") ?? 0) > 5;
  const summary = states.map((state, index) => `${t(PUMP_NAMES[index] ?? "pump1")} ${t(stateKey(state))}`).join(", ");
  const figure = (device: string, resource: string, at: Point, label: string, anchor: "start" | "middle" = "start") => (
    <Figure
      at={at}
      anchor={anchor}
      label={label}
      text={figureText(values, device, resource)}
      alarmed={isAlarmed(rules, device, resource)}
      old={silent.has(device)}
      onPress={() => onSelect({ device, resource })}
    />
  );
  const { labels } = layout;
  return (
    <svg
      className={`synoptic${lost ? " synoptic-old" : ""}${flows ? " synoptic-flows" : ""}`}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
    >
      <title>{t("synopticLabel", { summary })}</title>
      {layout.warm.map((d) => (
        <path key={d} className="pipe pipe-warm" d={d} />
      ))}
      {layout.cold.map((d) => (
        <path key={d} className="pipe pipe-cold" d={d} />
      ))}
      <path
        className="pipe pipe-cold"
        d={`M${layout.exchanger.x} ${layout.exchanger.y}L${layout.valve.x} ${layout.valve.y}L${layout.consumers.x} ${layout.consumers.y}`}
      />
      {layout.arrows.map(({ x, y, angle }) => (
        <path
          key={`${x} ${y}`}
          className="pipe-arrow"
          d="M-5 -6L7 0L-5 6z"
          transform={`translate(${x} ${y}) rotate(${angle})`}
        />
      ))}
      <Tank
        at={layout.tank}
        level={(numberOf(header, "TankLevel") ?? 0) / 2.5}
        low={header?.get("LowLevel")?.value === true}
        filling={header?.get("MakeupOpen")?.value === true}
      />
      <Exchanger at={layout.exchanger} />
      <Valve at={layout.valve} upright={layout.consumers.x === layout.valve.x} />
      <Consumers at={layout.consumers} label={t("consumers")} />
      {STATION.pumps.map((device, index) => {
        const at = layout.pumps[index] ?? layout.pumps[0];
        const state = states[index] ?? "unknown";
        const speed = numberOf(values.get(device), "Speed") ?? 0;
        return (
          <g key={device}>
            <g className={silent.has(device) ? "old" : ""}>
              <PumpSymbol at={at} state={state} turning={speed > 30 && !silent.has(device)} />
            </g>
            <text className="syn-name" x={at.x} y={at.y - 46} textAnchor="middle">
              {t(PUMP_NAMES[index] ?? "pump1")}
              <tspan className={`syn-state syn-state-${silent.has(device) ? "silent" : state}`} dx="8">
                {t(silent.has(device) ? "healthDown" : stateKey(state))}
              </tspan>
            </text>
            {figure(device, "BearingTempDE", { x: at.x, y: at.y + 54 }, t("bearing"), "middle")}
            {figure(device, "Speed", { x: at.x, y: at.y + 76 }, "", "middle")}
          </g>
        );
      })}
      {figure(STATION.header, "TankLevel", labels.tank, t("tank"))}
      {figure(STATION.header, "HeaderPressure", labels.header, t("header"))}
      {figure(STATION.header, "HeaderFlow", { x: labels.header.x, y: labels.header.y + 44 }, "")}
      {header?.get("LowFlow")?.value === true ? (
        <Alarm at={{ x: labels.header.x, y: labels.header.y + 64 }} text={t("lowFlow")} />
      ) : null}
      {header?.get("LowLevel")?.value === true ? (
        <Alarm at={{ x: labels.tank.x, y: labels.tank.y + 42 }} text={t("lowLevel")} />
      ) : null}
      {figure(STATION.header, "SupplyTemp", labels.supply, t("supply"))}
      {figure(STATION.header, "ReturnTemp", labels.return, t("return"))}
      {figure(STATION.header, "ValvePosition", labels.valve, t("valve"))}
      {figure(STATION.header, "HeatLoad", { x: layout.consumers.x, y: layout.consumers.y + 14 }, "", "middle")}
    </svg>
  );
}

function Alarm({ at, text }: { readonly at: Point; readonly text: string }) {
  return (
    <text className="syn-alarm" x={at.x} y={at.y}>
      {text}
    </text>
  );
}

const PUMP_NAMES: readonly TextKey[] = ["pump1", "pump2"];

export function stateKey(state: PumpState): TextKey {
  return state === "unknown" ? "noData" : state;
}

function figureText(values: LiveState["values"], device: string, resource: string): string {
  const reading = values.get(device)?.get(resource);
  if (reading === undefined || typeof reading.value !== "number") return "—";
  const decimals = DECIMALS[resource];
  const number =
    decimals === undefined
      ? formatNumber(reading.value, reading.valueType, { scale: resource === "TankLevel" ? 0.01 : 0.1 })
      : reading.value.toFixed(decimals);
  return `${number} ${formatUnits(reading.units)}`;
}

interface FigureProps {
  readonly at: Point;
  readonly anchor: "start" | "middle";
  readonly label: string;
  readonly text: string;
  readonly alarmed: boolean;
  readonly old: boolean;
  readonly onPress: () => void;
}

/** Label above, figure below (or the figure alone); a button for keyboard and finger. */
function Figure({ at, anchor, label, text, alarmed, old, onPress }: FigureProps) {
  const left = anchor === "start" ? at.x - 6 : at.x - 62;
  const two = label !== "" && anchor === "start";
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button element
    <g
      className={`figure${alarmed ? " figure-alarm" : ""}${old ? " old" : ""}`}
      role="button"
      tabIndex={0}
      aria-label={`${label} ${text}`.trim()}
      onClick={onPress}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          onPress();
        }
      }}
    >
      <rect x={left} y={at.y - 15} width={124} height={two ? 42 : 21} rx="4" />
      {two ? (
        <text className="figure-label" x={at.x} y={at.y}>
          {label}
        </text>
      ) : null}
      <text className="figure-value" x={at.x} y={two ? at.y + 20 : at.y} textAnchor={anchor}>
        {label !== "" && !two ? <tspan className="figure-label">{label} </tspan> : null}
        {text}
      </text>
    </g>
  );
}
