import assert from "node:assert/strict";
import { test } from "node:test";
import { SENSORS } from "./signals.ts";
import { Station } from "./station.ts";

const SEEDS = [1, 2, 3, 7, 42, 2 ** 32 - 1];

function run(station: Station, seconds: number): Station {
  for (let i = 0; i < Math.round(seconds * 10); i++) station.step();
  return station;
}

/** Seconds until `done`, or Infinity after `limit`. */
function until(station: Station, done: () => boolean, limit = 120): number {
  for (let steps = 0; steps <= limit * 10; steps++) {
    if (done()) return steps / 10;
    station.step();
  }
  return Infinity;
}

function story(seed: number): string {
  const station = run(new Station(seed), 5);
  station.inject({ fault: "overheat", pump: 1 });
  run(station, 12);
  station.command(1, "stop");
  station.command(2, "start");
  station.inject({ fault: "noise", sensor: "header.HeaderFlow" });
  return JSON.stringify([run(station, 5).sensed(), station.truth(), station.steps]);
}

test("the same seed tells the same story, another seed another", () => {
  assert.equal(story(7), story(7));
  assert.notEqual(story(7), story(8));
});

test("healthy bearings of the running pump stay at 36 to 38 °C for an hour, below the demonstration limit of 42 °C", () => {
  for (const seed of SEEDS) {
    const station = new Station(seed);
    for (let minute = 0; minute < 60; minute++) {
      const { BearingTempDE, BearingTempNDE } = run(station, 60).sensed().pump1;
      assert.ok(BearingTempDE > 36 && BearingTempDE < 38, `seed ${seed}, minute ${minute}: ${BearingTempDE}`);
      assert.ok(BearingTempNDE > 35 && BearingTempNDE < 38, `seed ${seed}, minute ${minute}: ${BearingTempNDE}`);
    }
  }
});

test("overheat passes 42 °C after 10 to 15 s, gradually, and only on the pump that has it", () => {
  for (const seed of SEEDS) {
    const station = run(new Station(seed), 10);
    station.inject({ fault: "overheat", pump: 1 });
    const standby = station.truth().pump2.BearingTempDE;
    let before = station.truth().pump1.BearingTempDE;
    const seconds = until(station, () => {
      const now = station.truth().pump1.BearingTempDE;
      assert.ok(now - before < 0.1, `${now - before} K in one step`);
      before = now;
      return now > 42;
    });
    assert.ok(seconds >= 10 && seconds <= 15, `seed ${seed}: ${seconds} s`);
    assert.ok(Math.abs(station.truth().pump2.BearingTempDE - standby) < 1);
  }
});

test("stop opens the contactor at once, the rotor coasts down for seconds, the bearing cools", () => {
  const station = run(new Station(1), 5);
  station.inject({ fault: "overheat", pump: 1 });
  run(station, 15);
  assert.equal(station.command(1, "stop"), undefined);
  const hot = station.truth().pump1.BearingTempDE;
  station.step();
  const { pump1 } = station.sensed();
  assert.deepEqual(
    [pump1.Running, pump1.Coasting, pump1.Tripped, pump1.Stop, pump1.MotorCurrent, pump1.ShaftPower],
    [false, true, true, true, 0, 0],
  );
  assert.ok(pump1.Speed > 1300);
  const seconds = until(station, () => station.truth().pump1.Speed === 0);
  assert.ok(seconds > 2 && seconds < 8, `${seconds} s`);
  assert.equal(station.sensed().pump1.Coasting, false);
  assert.ok(run(station, 60).truth().pump1.BearingTempDE < hot - 5);
});

test("the trip stays latched: start is refused until reset", () => {
  const station = run(new Station(1), 1);
  station.command(1, "stop");
  run(station, 30);
  assert.match(station.command(1, "start") ?? "", /latched/);
  let { pump1 } = run(station, 1).truth();
  assert.deepEqual([pump1.Running, pump1.Start, pump1.StartRefused, pump1.Ready], [false, false, true, false]);
  station.command(1, "reset");
  ({ pump1 } = station.truth());
  assert.deepEqual([pump1.Tripped, pump1.Stop, pump1.StartRefused, pump1.Ready], [false, false, false, true]);
  assert.equal(station.command(1, "start"), undefined);
  const seconds = until(station, () => !station.truth().pump1.Starting);
  assert.ok(seconds > 2 && seconds < 4, `ramp of 3 s took ${seconds} s`);
});

test("the standby waits for its start command; then the header's flow and pressure return", () => {
  const station = run(new Station(1), 5);
  const before = station.truth().header;
  station.command(1, "stop");
  const { header, pump2 } = run(station, 10).truth();
  assert.equal(pump2.Running, false);
  assert.ok(header.HeaderFlow < 5 && header.LowFlow && header.HeaderPressure < 0.11);
  station.command(2, "start");
  const after = run(station, 10).truth().header;
  assert.ok(Math.abs(after.HeaderFlow - before.HeaderFlow) < 2 && !after.LowFlow);
  assert.ok(Math.abs(after.HeaderPressure - before.HeaderPressure) < 0.005);
});

test("pumps follow the affinity laws: flow with speed, head with its square, power with its cube", () => {
  const station = run(new Station(1), 20);
  const full = station.truth();
  station.setPump(1, { speedSetpoint: 725 });
  const half = run(station, 30).truth();
  const near = (value: number, wanted: number, slack: number): void =>
    assert.ok(Math.abs(value / wanted - 1) < slack, `${value} for ${wanted}`);
  near(half.header.HeaderFlow, full.header.HeaderFlow / 2, 0.01);
  const head = (pressure: number, level: number): number => pressure - 0.08 - 0.0098 * level;
  near(
    head(half.header.HeaderPressure, half.header.TankLevel),
    head(full.header.HeaderPressure, full.header.TankLevel) / 4,
    0.02,
  );
  near(half.pump1.ShaftPower, full.pump1.ShaftPower / 8, 0.02);
});

test("two pumps give more flow than one, less than twice; closing the valve lowers flow and raises pressure", () => {
  const station = run(new Station(1), 5);
  const one = station.truth().header;
  station.command(2, "start");
  const two = run(station, 15).truth().header;
  assert.ok(two.HeaderFlow > one.HeaderFlow * 1.1 && two.HeaderFlow < one.HeaderFlow * 1.9);
  station.setHeader({ valveCommand: 20 });
  const moving = run(station, 1).truth().header.ValvePosition;
  assert.ok(moving > 49 && moving < 51, "10 % a second");
  const throttled = run(station, 15).truth().header;
  assert.ok(throttled.HeaderFlow < two.HeaderFlow / 2 && throttled.HeaderPressure > two.HeaderPressure);
});

test("the expansion tank leaks, make-up refills it to the setpoint, and without make-up it runs low", () => {
  const station = new Station(1);
  station.setHeader({ tankLevelSetpoint: 1.8 });
  const seconds = until(station, () => station.truth().header.TankLevel >= 1.8, 3600);
  assert.ok(seconds < 3600);
  station.setHeader({ makeupEnabled: false });
  const level = station.truth().header.TankLevel;
  run(station, 3600);
  assert.ok(station.truth().header.TankLevel < level - 0.01);
  assert.equal(station.truth().header.MakeupOpen, false);
});

test("a loop without pumps stays below boiling", () => {
  const station = new Station(1);
  station.command(1, "stop");
  assert.ok(run(station, 3600).truth().header.ReturnTemp < 75);
});

test("a frozen sensor keeps what it shows while the truth goes on; clearing it frees it", () => {
  const station = run(new Station(1), 2);
  const shown = station.sensed().pump1.BearingTempDE;
  station.inject({ fault: "frozen", sensor: "pump1.BearingTempDE" });
  station.inject({ fault: "overheat", pump: 1 });
  run(station, 20);
  assert.equal(station.sensed().pump1.BearingTempDE, shown);
  assert.ok(station.truth().pump1.BearingTempDE > 42);
  station.clear("frozen:pump1.BearingTempDE");
  assert.ok(station.sensed().pump1.BearingTempDE > 41);
  assert.throws(() => station.clear("frozen:pump1.BearingTempDE"), /not active; active are: overheat:pump1/);
});

test("noise on one sensor has its sigma and leaves every other sensor as it was", () => {
  const quiet = new Station(3);
  const noisy = new Station(3);
  noisy.inject({ fault: "noise", sensor: "header.HeaderFlow", sigma: 20 });
  let squares = 0;
  for (let i = 0; i < 2000; i++) {
    quiet.step();
    noisy.step();
    squares += (noisy.sensed().header.HeaderFlow - noisy.truth().header.HeaderFlow) ** 2;
    assert.deepEqual({ ...noisy.sensed().header, HeaderFlow: 0 }, { ...quiet.sensed().header, HeaderFlow: 0 });
    assert.deepEqual(noisy.sensed().pump1, quiet.sensed().pump1);
  }
  const sigma = Math.sqrt(squares / 2000);
  assert.ok(sigma > 18 && sigma < 22, `${sigma}`);
});

test("every sensor names a value that is measured", () => {
  const { ...signals } = new Station(1).truth();
  for (const sensor of SENSORS) {
    const [device = "", name = ""] = sensor.split(".");
    const group: Readonly<Record<string, number | boolean>> = signals[device as keyof typeof signals];
    assert.equal(typeof group[name], "number", sensor);
  }
});

test("reset gives the station of the start, without faults, but counters never run backwards", () => {
  const station = new Station(5);
  const fresh = run(new Station(5), 3);
  station.inject({ fault: "overheat", pump: 1 });
  station.inject({ fault: "frozen", sensor: "header.TankLevel" });
  run(station, 60);
  station.command(1, "stop");
  const before = station.truth();
  station.reset();
  assert.deepEqual(station.faults, []);
  run(station, 3);
  const after = station.truth();
  assert.ok(after.pump1.RunTime > before.pump1.RunTime && after.header.FlowTotal > before.header.FlowTotal);
  const plain = ({ pump1, pump2, header }: typeof after) => [
    { ...pump1, RunTime: 0, Energy: 0 },
    { ...pump2, RunTime: 0, Energy: 0 },
    { ...header, FlowTotal: 0 },
  ];
  assert.deepEqual(plain(after), plain(fresh.truth()));
});
