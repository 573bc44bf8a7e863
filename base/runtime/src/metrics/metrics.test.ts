import assert from "node:assert/strict";
import { test } from "node:test";
import { createMetrics } from "./metrics.ts";
import { observeProcess } from "./process-metrics.ts";

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A strict reader of the text format 0.0.4, written from its description ("Exposition formats", Prometheus
 * documentation, prometheus.io/docs/instrumenting/exposition_formats, section Text format details): lines end in \n, the
 * last one too; HELP and TYPE once a name, before its samples; label values escape \ " and newline, help texts \ and newline;
 * all lines of a metric stand together; a histogram has cumulative buckets up to le="+Inf", which equals _count.
 */
function parse(text: string): { samples: Sample[]; types: Map<string, string>; help: Map<string, string> } {
  assert.ok(text.endsWith("\n"));
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const help = new Map<string, string>();
  let family = "";
  const done = new Set<string>();
  for (const line of text.slice(0, -1).split("\n")) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (comment !== null) {
      const [, kind = "", name = "", rest = ""] = comment;
      if (name !== family) {
        assert.ok(!done.has(name), `${name} stands in two places`);
        done.add(name);
        family = name;
      }
      if (kind === "TYPE") {
        assert.match(rest, /^(counter|gauge|histogram|summary|untyped)$/);
        assert.ok(!types.has(name), `${name} has two TYPE lines`);
        types.set(name, rest);
      } else {
        assert.ok(!help.has(name));
        assert.doesNotMatch(rest.replace(/\\\\|\\n/g, ""), /\\/, "a lone backslash");
        help.set(
          name,
          rest.replace(/\\(\\|n)/g, (_all, char: string) => (char === "n" ? "\n" : "\\")),
        );
      }
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    assert.ok(sample, `no sample: ${line}`);
    const [, name = "", inner, value = ""] = sample;
    const base = types.get(family) === "histogram" ? name.replace(/_(bucket|sum|count)$/, "") : name;
    assert.equal(base, family, `${name} stands under ${family}`);
    assert.match(value, /^([+-]?\d+(\.\d+)?([eE][+-]?\d+)?|NaN|[+-]Inf)$/);
    samples.push({ name, labels: labelsOf(inner ?? ""), value: Number(value.replace("Inf", "Infinity")) });
  }
  return { samples, types, help };
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const match = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest);
    assert.ok(match, `no label: ${rest}`);
    const [all, name = "", value = ""] = match;
    labels[name] = value.replace(/\\(.)/g, (_all, char: string) => (char === "n" ? "\n" : char));
    rest = rest.slice(all.length);
  }
  return labels;
}

test("whatever stands in labels, help and values comes back out of the text", () => {
  const metrics = createMetrics();
  const odd = 'a\\b"c\nd{},= 泵';
  metrics.counter("jx_a_total", "First line\nand \\ second", { rule: odd }).add(3);
  metrics.counter("jx_a_total", "First line\nand \\ second", { rule: "plain" }).add(1.5e-9);
  metrics.gauge("jx_b_bytes", "B").set(Number.NEGATIVE_INFINITY);
  metrics.observe("jx_c", "C", () => Number.NaN);
  metrics.observe("jx_d_total", "D", () => [{ labels: { x: "1" }, value: 1e21 }], "counter");
  const { samples, help, types } = parse(metrics.text());
  assert.equal(help.get("jx_a_total"), "First line\nand \\ second");
  assert.equal(types.get("jx_d_total"), "counter");
  assert.deepEqual(
    samples.filter(({ name }) => name !== "jx_metrics_refused_total"),
    [
      { name: "jx_a_total", labels: { rule: odd }, value: 3 },
      { name: "jx_a_total", labels: { rule: "plain" }, value: 1.5e-9 },
      { name: "jx_b_bytes", labels: {}, value: Number.NEGATIVE_INFINITY },
      { name: "jx_c", labels: {}, value: Number.NaN },
      { name: "jx_d_total", labels: { x: "1" }, value: 1e21 },
    ],
  );
});

test("a histogram's buckets are cumulative, their ends inclusive, the last is +Inf and is the count", () => {
  const metrics = createMetrics();
  const histogram = metrics.histogram("jx_h_seconds", "H", [0.1, 1], { a: "b" });
  for (const value of [0.05, 0.1, 0.5, 1, 7]) histogram.observe(value);
  const { samples } = parse(metrics.text());
  const of = (name: string) => samples.filter((sample) => sample.name === name);
  assert.deepEqual(
    of("jx_h_seconds_bucket").map(({ labels, value }) => [labels, value]),
    [
      [{ a: "b", le: "0.1" }, 2],
      [{ a: "b", le: "1" }, 4],
      [{ a: "b", le: "+Inf" }, 5],
    ],
  );
  assert.equal(of("jx_h_seconds_count")[0]?.value, 5);
  assert.ok(Math.abs((of("jx_h_seconds_sum")[0]?.value ?? 0) - 8.65) < 1e-9);
});

test("asking for the same series again gives the same counter", () => {
  const metrics = createMetrics();
  metrics.counter("jx_x_total", "X", { a: "1" }).add();
  metrics.counter("jx_x_total", "X", { a: "1" }).add();
  assert.equal(metrics.counter("jx_x_total", "X", { a: "1" }).value, 2);
});

test("a label with free values is bounded, and what is refused is counted", () => {
  const metrics = createMetrics();
  for (let i = 0; i < 2_005; i += 1) metrics.counter("jx_x_total", "X", { i: String(i) }).add();
  const { samples } = parse(metrics.text());
  assert.equal(samples.filter(({ name }) => name === "jx_x_total").length, 2_000);
  assert.equal(samples.find(({ name }) => name === "jx_metrics_refused_total")?.value, 5);
});

test("a part that starts again is asked, not the one that ended", () => {
  const metrics = createMetrics();
  metrics.observe("jx_x", "X", () => 1);
  metrics.observe("jx_x", "X", () => 2);
  assert.equal(parse(metrics.text()).samples.find(({ name }) => name === "jx_x")?.value, 2);
});

test("the process tells memory, CPU, loop delay and garbage collection in the format", async () => {
  const metrics = createMetrics();
  using _ = observeProcess(metrics);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const { samples } = parse(metrics.text());
  const value = (name: string): number => samples.find((sample) => sample.name === name)?.value ?? Number.NaN;
  assert.ok(value("process_resident_memory_bytes") > 10_000_000);
  assert.ok(value("process_cpu_seconds_total") > 0);
  const delays = samples.filter(({ name }) => name === "nodejs_eventloop_delay_seconds");
  assert.deepEqual(
    delays.map(({ labels }) => labels["quantile"]),
    ["0.5", "0.9", "0.99", "1"],
  );
  assert.ok(delays.every((sample) => sample.value >= 0));
});

test("a metric is read by its name, as it stands", () => {
  const metrics = createMetrics();
  metrics.counter("a_total", "help", { door: "x" }).add(2);
  metrics.observe("b", "help", () => [{ labels: { device: "d" }, value: 3 }]);
  metrics.histogram("c_seconds", "help", [1]).observe(0.5);
  assert.deepEqual(metrics.read("a_total"), [{ labels: { door: "x" }, value: 2 }]);
  assert.deepEqual(metrics.read("b"), [{ labels: { device: "d" }, value: 3 }]);
  assert.deepEqual([metrics.read("c_seconds"), metrics.read("nobody")], [[], []]);
});
