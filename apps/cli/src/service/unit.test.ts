import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { installSteps, uninstallSteps } from "./steps.ts";
import { UNIT_NAME, unitText } from "./unit.ts";

test("systemd takes the unit without a word", (t) => {
  if (spawnSync("systemd-analyze", ["--version"]).status !== 0) return t.skip("systemd-analyze is not here");
  const folder = mkdtempSync(join(tmpdir(), "jx-unit-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const unit = join(folder, UNIT_NAME);
  // The program must exist: /bin/sh stands for it; blanks and signs in an option must survive.
  writeFileSync(unit, unitText(["/bin/sh", "start", "--config", "/etc/jx edge/100%.yaml"]));
  const { status, stderr, stdout } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  assert.deepEqual([status, stderr, stdout], [0, "", ""]);
});

test("words are quoted as systemd.service(5) has it", () => {
  const line = /^ExecStart=(.*)$/m.exec(unitText(["/opt/jx edge/jx", "start", "--x=$A%b"]))?.[1];
  assert.equal(line, '"/opt/jx edge/jx" start --x=$$A%%b --data /var/lib/jx-edge');
});

test("the unit is what the design asks: exec, always restarted, own user, nothing writable but its folders", () => {
  const unit = unitText(["/opt/jx-edge/jx", "start"]);
  for (const wanted of [
    "Type=exec",
    "Restart=always",
    "User=jx-edge",
    "StateDirectory=jx-edge",
    "ProtectSystem=strict",
    "NoNewPrivileges=yes",
  ]) {
    assert.ok(unit.split("\n").includes(wanted), wanted);
  }
});

test("uninstalling keeps the data unless it is purged", () => {
  const removed = (purge: boolean) => uninstallSteps(purge).flatMap((step) => ("remove" in step ? [step.remove] : []));
  assert.ok(!removed(false).includes("/var/lib/jx-edge"));
  assert.ok(removed(true).includes("/var/lib/jx-edge"));
  const programs = (userExists: boolean) =>
    installSteps("", userExists).flatMap((step) => ("run" in step ? [step.run[0]] : []));
  assert.deepEqual(programs(false), ["useradd", "systemctl", "systemctl", "systemctl"]);
  assert.deepEqual(programs(true), ["systemctl", "systemctl", "systemctl"]);
});
