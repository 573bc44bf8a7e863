/** A full and a read-only disk, on a small file system of the test's own (root only; elsewhere the tests are skipped by name). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { addEventToJson, metadataOperations } from "@jx/contracts";
import { numberedEvent } from "../../crash/numbered-event.ts";
import { refusedStart } from "../../support/edge-process.ts";
import { type Hosted, startHosted } from "../../support/hosted.ts";
import { type Answer, ask, askJson } from "../../support/http.ts";
import { OWN_DEVICE, OWN_PROFILE } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";

const mount = (...args: string[]): boolean => spawnSync("mount", args).status === 0;

/** A small file system in memory; undefined, and the test skipped, where mounting is not allowed. */
function smallDisk(t: TestContext, megabytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "jx-disk-"));
  if (!mount("-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder)) {
    rmdirSync(folder);
    t.skip("needs root and the right to mount a tmpfs");
    return undefined;
  }
  t.after(() => {
    spawnSync("umount", ["-l", folder]);
    rmdirSync(folder);
  });
  return folder;
}

/** Fills the disk to the last byte; gives how to free it again. */
function fill(folder: string): () => void {
  const file = join(folder, "filler");
  const descriptor = openSync(file, "w");
  for (let size = 1_048_576; size >= 512; size = Math.floor(size / 2)) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size, "x"));
    } catch (error) {
      assert.equal((error as { code?: string }).code, "ENOSPC");
    }
  }
  closeSync(descriptor);
  return () => rmSync(file);
}

test("a full disk: writes are refused with what helps, reads go on, and what waits is stored once there is room", async (t) => {
  const disk = smallDisk(t, 24);
  if (disk === undefined) return;
  const services = ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"] as const;
  await using hosted = await startHosted({ services, dataDir: disk });
  const metadata = hosted.host.clients.of("core-metadata", metadataOperations);
  await metadata.addProfiles({ body: [{ profile: OWN_PROFILE }] });
  await metadata.addDevices({
    body: [{ device: { ...OWN_DEVICE, autoEvents: [{ sourceName: "Count", interval: "20ms" }] } }],
  });
  const stored = async (): Promise<number> =>
    (await askJson<{ count: number }>(`${hosted.url("core-data")}/event/count`)).count;
  await until("events come", async () => (await stored()) > 5);

  const free = fill(disk);
  const put = { method: "PUT", body: { value: "x".repeat(100_000) } };
  const refused = await until("keeper refuses", async () => {
    const answer = await ask(`${hosted.url("core-keeper")}/kvs/key/full/${Math.random()}`, put);
    return answer.status === 200 ? undefined : answer;
  });
  assert.equal(refused.status, 500);
  assert.match(refused.text, /the disk that holds .*keeper\.db is full; free space, then try again/);
  await until("core data says that events wait", () =>
    hosted.log.some((line) => line.includes("events cannot be stored; they wait")),
  );
  const posted = await post(hosted);
  assert.equal(posted.status, 500, "what is not on the disk is not acknowledged");
  assert.match(posted.text, /the disk that holds .*events\.db is full/);
  const atFull = await stored();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.equal((await ask(`${hosted.url("core-metadata")}/device/name/own-device`)).status, 200, "reads go on");

  free();
  await until("what waited is stored", async () => (await stored()) > atFull + 20);
  assert.ok(hosted.log.some((line) => line.includes("the store takes events again")));
  await until(
    "keeper takes keys again",
    async () => (await ask(`${hosted.url("core-keeper")}/kvs/key/again`, put)).status === 200,
  );
  assert.equal((await post(hosted)).status, 201);
  const counts = await until("no value of the counter is missing or there twice", async () => {
    const { readings } = await askJson<{ readings: { value: string }[] }>(
      `${hosted.url("core-data")}/reading/device/name/own-device/resourceName/Count?limit=1024`,
    );
    const values = readings.map(({ value }) => Number(value)).reverse();
    return values.every((value, i) => value === i) ? values : undefined;
  });
  t.diagnostic(`${counts.length} events over a full disk, none missing`);
});

/** An event of another device, by REST. */
function post(hosted: Hosted): Promise<Answer> {
  const body = addEventToJson({ event: numberedEvent(1) });
  return ask(`${hosted.url("core-data")}/event/svc/crash/device-1/all`, { body });
}

test("a read-only disk: the start is refused with what helps", async (t) => {
  const disk = smallDisk(t, 4);
  if (disk === undefined) return;
  mkdirSync(join(disk, "data"));
  assert.ok(mount("-o", "remount,ro", disk));
  const { code, output } = await refusedStart(t, join(disk, "data"));
  assert.equal(code, 1);
  assert.match(output, /cannot be written: the file, its folder or the disk is read-only; check owner and mount/);
  assert.doesNotMatch(output, /\n {4}at /, "a message, no stack");
  const inside = await refusedStart(t, join(disk, "new"));
  assert.equal(inside.code, 1);
  assert.match(inside.output, /new.* cannot be (opened|written): .*(access is denied|read-only)/);
  assert.doesNotMatch(inside.output, /\n {4}at /, "a message, no stack");
});
