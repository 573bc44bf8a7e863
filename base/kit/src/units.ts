import { AppError } from "./errors.ts";

/**
 * Units as dimension exponents, scale and offset, with the spellings found in device profiles.
 * Source: BIPM SI Brochure, 9th edition (tables 2, 4, 8); codes and the plane angle as a base after UCUM 2.1;
 * conversion factors of other units after NIST SP 811 appendix B.8.
 */
export interface Unit {
  /** Canonical spelling; for an unknown unit the text as it was written, trimmed. "" is "no unit". */
  readonly symbol: string;
  /** Equal for units that may be compared; var, VA and W differ although SI gives them the same exponents. */
  readonly dimension: string;
  /** What is measured, for messages. */
  readonly quantity: { readonly zh: string; readonly en: string };
  /** value in coherent SI = value * scale + offset. Offset is not 0 for °C and °F only. */
  readonly scale: number;
  readonly offset: number;
  /** False for a spelling this table does not know: such a unit matches itself only. */
  readonly known: boolean;
}

/** Exponents of m, kg, s, A, K, mol, cd, rad; a kind tells apart quantities that share exponents. */
type Exponents = readonly [number, number, number, number, number, number, number, number];
type Entry = Unit & { readonly exponents: Exponents; readonly kind: string };

/** zh | en | exponents of m kg s A K mol cd rad | kind, then per line: symbol scale [aliases…]. */
const TABLE = `
温度|temperature|0 0 0 0 1 0 0 0|
  K 1 kelvin 开 开尔文
  °C 1 degC Cel Celsius celsius 摄氏度 摄氏
  °F ${5 / 9} degF Fahrenheit fahrenheit 华氏度
压力|pressure|-1 1 -2 0 0 0 0 0|
  Pa 1 帕
  hPa 1e2
  kPa 1e3 Kpa KPa KPA 千帕
  MPa 1e6 Mpa MPA 兆帕
  bar 1e5 Bar 巴
  mbar 1e2
  atm 101325
  psi 6894.757293168 PSI
  mmHg 133.322387415
  mmH2O 9.80665
电压|voltage|2 1 -3 -1 0 0 0 0|
  V 1 volt Volt 伏 伏特
  mV 1e-3 毫伏
  kV 1e3 KV 千伏
电流|current|0 0 0 1 0 0 0 0|
  A 1 amp Amp ampere 安 安培
  mA 1e-3 毫安
  kA 1e3 KA 千安
电阻|resistance|2 1 -3 -2 0 0 0 0|
  Ω 1 ohm Ohm 欧 欧姆
  mΩ 1e-3 mOhm
  kΩ 1e3 kOhm 千欧
  MΩ 1e6 MOhm 兆欧
电导|conductance|-2 -1 3 2 0 0 0 0|
  S 1
  mS 1e-3
  μS 1e-6 uS
电荷|charge|0 0 1 1 0 0 0 0|
  Ah 3600 安时
功率|power|2 1 -3 0 0 0 0 0|
  W 1 watt 瓦
  mW 1e-3
  kW 1e3 KW Kw kw 千瓦
  MW 1e6 兆瓦
无功功率|reactive power|2 1 -3 0 0 0 0 0|var
  var 1 Var VAR 乏
  kvar 1e3 kVar KVar kVAr 千乏
  Mvar 1e6 MVar
视在功率|apparent power|2 1 -3 0 0 0 0 0|VA
  VA 1 伏安
  kVA 1e3 KVA 千伏安
  MVA 1e6
能量|energy|2 1 -2 0 0 0 0 0|
  J 1 焦 焦耳
  kJ 1e3
  MJ 1e6
  GJ 1e9
  Wh 3600 瓦时
  kWh 3.6e6 KWh KWH kwh 千瓦时 度
  MWh 3.6e9 兆瓦时
无功电量|reactive energy|2 1 -2 0 0 0 0 0|var
  varh 3600
  kvarh 3.6e6 kVarh
力|force|1 1 -2 0 0 0 0 0|
  N 1 牛 牛顿
  kN 1e3
力矩|torque|2 1 -2 0 0 0 0 0|torque
  N·m 1
  kN·m 1e3
频率|frequency|0 0 -1 0 0 0 0 0|
  Hz 1 HZ hz 赫兹 赫
  kHz 1e3
  MHz 1e6
角度|angle|0 0 0 0 0 0 0 1|
  rad 1 弧度
  ° ${Math.PI / 180} deg
  r ${2 * Math.PI} rev 转
转速|rotational speed|0 0 -1 0 0 0 0 1|
  rpm ${Math.PI / 30} RPM Rpm 转每分 转/分钟
长度|length|1 0 0 0 0 0 0 0|
  m 1 米
  μm 1e-6 um 微米
  mm 1e-3 毫米
  cm 1e-2 厘米
  km 1e3 千米 公里
面积|area|2 0 0 0 0 0 0 0|
  m2 1 平方米
  cm2 1e-4
  mm2 1e-6
体积|volume|3 0 0 0 0 0 0 0|
  m3 1 立方米 立方
  L 1e-3 l 升
  mL 1e-6 ml 毫升
质量|mass|0 1 0 0 0 0 0 0|
  kg 1 Kg KG 千克 公斤
  g 1e-3 克
  mg 1e-6 毫克
  t 1e3 吨
时间|time|0 0 1 0 0 0 0 0|
  s 1 sec 秒
  ms 1e-3 毫秒
  μs 1e-6 us 微秒
  min 60 分 分钟
  h 3600 hr 时 小时
  d 86400 day 天
物质的量|amount of substance|0 0 0 0 0 1 0 0|
  mol 1
  mmol 1e-3
照度|illuminance|-2 0 0 0 0 0 1 0|lx
  lx 1 lux 勒克斯
比率|ratio|0 0 0 0 0 0 0 0|
  % 1e-2 percent 百分比
  ‰ 1e-3
  ppm 1e-6
  ppb 1e-9
酸碱度|pH|0 0 0 0 0 0 0 0|pH
  pH 1 PH [pH]
声级|level|0 0 0 0 0 0 0 0|dB
  dB 1
速度|speed|1 0 -1 0 0 0 0 0|
加速度|acceleration|1 0 -2 0 0 0 0 0|
  m/s2 1
体积流量|volume flow|3 0 -1 0 0 0 0 0|
质量流量|mass flow|0 1 -1 0 0 0 0 0|
密度|density|-3 1 0 0 0 0 0 0|
`;

const OFFSETS: ReadonlyMap<string, number> = new Map([
  ["°C", 273.15],
  ["°F", (459.67 * 5) / 9],
]);

const BY_SPELLING = new Map<string, Entry>();
const QUANTITIES = new Map<string, Unit["quantity"]>();

for (const line of TABLE.trim().split("\n")) {
  if (line.startsWith(" ")) {
    const [symbol = "", scale = "1", ...aliases] = line.trim().split(" ");
    const [dimension, quantity] = [...QUANTITIES].at(-1) ?? ["", { zh: "", en: "" }];
    const [exponents = "", kind = ""] = dimension.split("|");
    const entry: Entry = {
      symbol,
      dimension,
      quantity,
      scale: Number(scale),
      offset: OFFSETS.get(symbol) ?? 0,
      known: true,
      exponents: exponents.split(" ").map(Number) as unknown as Exponents,
      kind,
    };
    for (const spelling of [symbol, ...aliases]) BY_SPELLING.set(normalize(spelling), entry);
  } else {
    const [zh = "", en = "", exponents = "", kind = ""] = line.split("|");
    QUANTITIES.set(`${exponents}|${kind}`, { zh, en });
  }
}

/** One spelling for what NFKC makes equal (℃ = °C, ³ = 3, µ = μ, full width) and for the ways to write a product. */
function normalize(text: string): string {
  return text
    .trim()
    .replace(/[º˚]/g, "°")
    .normalize("NFKC")
    .replace(/[\s·⋅•*^]/g, "");
}

const NO_UNIT: Unit = {
  symbol: "",
  dimension: "none",
  quantity: { zh: "无单位的数", en: "plain number" },
  scale: 1,
  offset: 0,
  known: true,
};

function perUnit(symbol: string, above: Entry, below: Entry): Unit {
  const exponents = above.exponents.map((exponent, i) => exponent - (below.exponents[i] ?? 0));
  const kind = [above.kind, below.kind].filter((part) => part !== "").join("/");
  const dimension = `${exponents.join(" ")}|${kind}`;
  const quantity = QUANTITIES.get(dimension) ?? {
    zh: `${above.quantity.zh}/${below.quantity.zh}`,
    en: `${above.quantity.en} per ${below.quantity.en}`,
  };
  return { symbol, dimension, quantity, scale: above.scale / below.scale, offset: 0, known: true };
}

/**
 * The unit a text names. Never fails: a text that is neither in the table nor a quotient of two that are ("m3/h",
 * "℃/min") is an opaque unit that equals only itself after trimming.
 */
export function parseUnit(text: string): Unit {
  const spelling = normalize(text);
  if (spelling === "") return NO_UNIT;
  const entry = BY_SPELLING.get(spelling);
  if (entry !== undefined) return entry;
  const [above, below, more] = spelling.split("/").map((part) => BY_SPELLING.get(part));
  if (above !== undefined && below !== undefined && more === undefined && spelling.split("/").length === 2) {
    return perUnit(`${above.symbol}/${below.symbol}`, above, below);
  }
  const symbol = text.trim();
  const quantity = { zh: `未知单位“${symbol}”`, en: `unknown unit "${symbol}"` };
  return { symbol, dimension: `opaque|${symbol}`, quantity, scale: 1, offset: 0, known: false };
}

export function sameDimension(a: Unit, b: Unit): boolean {
  return a.dimension === b.dimension;
}

/**
 * Converts a value on a scale (42 °C → 315.15 K).
 * @throws AppError ContractInvalid, code "unit-mismatch", when the units measure different things
 */
export function convert(value: number, from: Unit, to: Unit): number {
  requireSame(from, to);
  if (from.scale === to.scale && from.offset === to.offset) return value;
  if (from.offset === to.offset) return tidy((value * from.scale) / to.scale);
  // Offsets cancel digits: what is below 1e-9 K is rounding of the sum, never measurement.
  return Number(((value * from.scale + from.offset - to.offset) / to.scale).toFixed(9));
}

/**
 * Converts a difference (a hysteresis of 5 °C is 5 K, not 278.15 K).
 * @throws AppError ContractInvalid, code "unit-mismatch", when the units measure different things
 */
export function convertDifference(value: number, from: Unit, to: Unit): number {
  requireSame(from, to);
  return from.scale === to.scale ? value : tidy((value * from.scale) / to.scale);
}

/** 14 significant digits: 3.2 MPa is 32 bar, not 32.000000000000004. */
function tidy(value: number): number {
  return Number(value.toPrecision(14));
}

function requireSame(from: Unit, to: Unit): void {
  if (sameDimension(from, to)) return;
  const message = `${from.symbol || "a plain number"} (${from.quantity.en}) cannot be converted to ${to.symbol || "a plain number"} (${to.quantity.en})`;
  throw new AppError("ContractInvalid", message, { code: "unit-mismatch" });
}
