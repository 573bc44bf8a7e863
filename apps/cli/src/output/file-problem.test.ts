import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDeviceFile, parseProfileFile } from "@jx/contracts/files";
import { isAppError } from "@jx/kit";
import { textOf } from "../problem.ts";

function refused(work: () => unknown): { zh: string; en: string } {
  try {
    work();
  } catch (error) {
    assert.ok(isAppError(error));
    assert.equal(error.code, "invalid-file");
    return textOf(error);
  }
  return assert.fail("it was taken");
}

test("every place of a file that does not fit is told in Chinese, with what is there", () => {
  const profile = `name: P
deviceResources:
  - name: A
    properties: { valueType: Real, readWrite: R }
  - name: B
    properties: { readWrite: X, minimum: low }
  - properties: { valueType: Bool, readWrite: R }
`;
  const { zh, en } = refused(() => parseProfileFile(profile, { file: "p.yaml" }));
  const lines = zh.split("\n");
  assert.equal(lines.length, en.split("\n").length);
  assert.match(
    lines[0] ?? "",
    /^p\.yaml:4:30：deviceResources\[0\]\.properties\.valueType 不是 EdgeX 的值类型.* "Real"$/,
  );
  assert.match(zh, /deviceResources\[1\]\.properties\.valueType 缺失/);
  assert.match(zh, /deviceResources\[1\]\.properties\.readWrite 应为 'R'、'W'、'RW'、'WR' 之一，现在是 "X"/);
  assert.match(zh, /deviceResources\[1\]\.properties\.minimum 应为数，现在是 "low"/);
  assert.match(zh, /deviceResources\[2\]\.name 缺失/);
  assert.doesNotMatch(zh, /must|missing|undefined/);
});

test("device files too; and what more there is than can be shown is counted", () => {
  const bad =
    "- { name: D, profileName: P, protocols: { a: { b: c } }, autoEvents: [{ sourceName: S, interval: x }] }\n";
  const options = { file: "d.yaml", serviceName: "s" };
  assert.match(
    refused(() => parseDeviceFile(bad, options)).zh,
    /interval 应为时长（至少 1ms），例如 500ms、10s，现在是 "x"/,
  );
  const many = `name: P\ndeviceResources:\n${"  - { name: A, properties: { valueType: X, readWrite: R } }\n".repeat(25)}`;
  const { zh, en } = refused(() => parseProfileFile(many, { file: "p.yaml" }));
  assert.match(zh, /\n… 还有 5 个$/);
  assert.match(en, /\n… and 5 more$/);
  assert.match(refused(() => parseProfileFile("a: [", { file: "p.yaml" })).zh, /^文件有误：p\.yaml:/);
});
