/**
 * A small metrics registry and its text form (Prometheus exposition format 0.0.4). prom-client has been quiet for two
 * years and does more than a gateway needs. Names end in their unit: `_seconds`, `_bytes`, `_total`.
 */
export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(n?: number): void;
  readonly value: number;
}

export interface Gauge {
  set(value: number): void;
}

export interface Histogram {
  /** In the unit of the name. */
  observe(value: number): void;
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface Metrics {
  counter(name: string, help: string, labels?: Labels): Counter;
  gauge(name: string, help: string, labels?: Labels): Gauge;
  /** A gauge that is asked when somebody looks. */
  observe(name: string, help: string, read: () => number | readonly Sample[], type?: "gauge" | "counter"): void;
  histogram(name: string, help: string, bounds: readonly number[], labels?: Labels): Histogram;
  /** Every series of a counter or gauge as it stands; none when the name is not known. */
  read(name: string): readonly Sample[];
  /** The whole registry as text. */
  text(): string;
}

/** One instrument and how it is read: as samples, or as lines of text where it has no single value. */
type Series<I> = { readonly instrument: I } & (
  | { samples(): readonly Sample[] }
  | { lines(name: string): readonly string[] }
);

interface Family {
  readonly help: string;
  readonly type: string;
  readonly series: Map<string, Series<unknown>>;
}

/** More series than this per name are refused: a label with free values must not eat the memory. */
const MAX_SERIES = 2_000;

export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  let refused = 0;

  function series<I>(name: string, help: string, type: string, labels: Labels | undefined, make: () => Series<I>): I {
    let family = families.get(name);
    if (family === undefined) {
      family = { help, type, series: new Map() };
      families.set(name, family);
    }
    const key = labelText(labels);
    let entry = family.series.get(key);
    if (entry === undefined) {
      entry = make();
      if (family.series.size < MAX_SERIES) family.series.set(key, entry);
      else refused += 1;
    }
    return entry.instrument as I;
  }

  const metrics: Metrics = {
    counter: (name, help, labels) =>
      series(name, help, "counter", labels, () => {
        let value = 0;
        const instrument: Counter = {
          add(n = 1) {
            value += n;
          },
          get value() {
            return value;
          },
        };
        return { instrument, samples: () => [{ labels: labels ?? {}, value }] };
      }),
    gauge: (name, help, labels) =>
      series(name, help, "gauge", labels, () => {
        let value = 0;
        const instrument: Gauge = {
          set(v) {
            value = v;
          },
        };
        return { instrument, samples: () => [{ labels: labels ?? {}, value }] };
      }),
    observe(name, help, read, type = "gauge") {
      families.get(name)?.series.delete(""); // a part that has ended asked before
      series(name, help, type, undefined, () => ({
        instrument: undefined,
        samples: () => {
          const result = read();
          return typeof result === "number" ? [{ labels: {}, value: result }] : result;
        },
      }));
    },
    histogram: (name, help, bounds, labels) =>
      series(name, help, "histogram", labels, () => {
        const counts = new Array<number>(bounds.length + 1).fill(0);
        let sum = 0;
        const instrument: Histogram = {
          observe(value) {
            let i = 0;
            while (i < bounds.length && value > (bounds[i] ?? 0)) i += 1;
            counts[i] = (counts[i] ?? 0) + 1;
            sum += value;
          },
        };
        return { instrument, lines: (n) => histogramLines(n, bounds, counts, sum, labels) };
      }),
    read(name) {
      const all = [...(families.get(name)?.series.values() ?? [])];
      return all.flatMap((entry) => ("samples" in entry ? entry.samples() : []));
    },
    text() {
      const lines: string[] = [];
      for (const [name, family] of families) {
        lines.push(
          `# HELP ${name} ${family.help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}`,
          `# TYPE ${name} ${family.type}`,
        );
        for (const entry of family.series.values()) {
          if ("lines" in entry) lines.push(...entry.lines(name));
          else
            for (const { labels, value } of entry.samples())
              lines.push(`${name}${labelText(labels)} ${numberText(value)}`);
        }
      }
      return `${lines.join("\n")}\n`;
    },
  };
  const help = "Requests for a series beyond the bound of its name; they are not counted anywhere else";
  metrics.observe("jx_metrics_refused_total", help, () => refused, "counter");
  return metrics;
}

/** As the format wants what is no finite number. */
function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function histogramLines(
  name: string,
  bounds: readonly number[],
  counts: readonly number[],
  sum: number,
  labels: Labels | undefined,
): string[] {
  const lines: string[] = [];
  let total = 0;
  counts.forEach((count, i) => {
    total += count;
    lines.push(`${name}_bucket${labelText({ ...labels, le: String(bounds[i] ?? "+Inf") })} ${total}`);
  });
  lines.push(`${name}_sum${labelText(labels)} ${numberText(sum)}`, `${name}_count${labelText(labels)} ${total}`);
  return lines;
}

function labelText(labels: Labels | undefined): string {
  if (labels === undefined) return "";
  const pairs = Object.entries(labels).map(
    ([key, value]) => `${key}="${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
