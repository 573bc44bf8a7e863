/** The console in a real Chromium: the loop on the slide as a person sees it, in both languages and on a phone. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { buildConsole } from "../../../scripts/build-console.ts";
import { startEdgeProcess } from "../../support/edge-process.ts";
import { until } from "../../support/wait.ts";
import { launchChromium, openPage } from "./chromium.ts";
import { assertReadable } from "./readable.ts";

const ROOT = join(import.meta.dirname, "../../..");
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 375, height: 812 };

test("the loop on the slide, as a person sees it", async (t) => {
  const browser = await launchChromium(t);
  if (browser === undefined) return;
  buildConsole(ROOT);
  const edge = await startEdgeProcess(t, { demo: true });
  const { page, errors, requests } = await openPage(browser, { locale: "zh-CN", ...DESKTOP });
  await page.goto(edge.url);
  await page.locator(".connection-live").waitFor();

  await t.test("it opens in the browser's language, says that this is a demo, and marks 42 °C", async () => {
    assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
    await page.locator(".demo-badge", { hasText: "演示" }).waitFor();
    await page.getByText("42 ℃ 为演示值").first().waitFor();
    await page
      .getByText(/本地时间 UTC\+08:00/)
      .first()
      .waitFor();
    await page.locator(".synoptic").waitFor();
  });

  await t.test("values move, with unit, age and quality", async () => {
    const row = page.locator("tr", { hasText: "MotorCurrent" });
    await row.waitFor();
    const first = await row.locator(".figure-text").innerText();
    assert.match(first, /^\d+\.\d$/);
    await until("the current moves", async () => (await row.locator(".figure-text").innerText()) !== first);
    assert.equal(await row.locator(".units").innerText(), "A");
    assert.match(await row.locator(".age").innerText(), /^\d\.\d 秒前\s+良好$/);
  });

  await t.test("a row shows its trend; history and stream make one line", async () => {
    await page.getByRole("button", { name: /^绕组温度/ }).click();
    await page.locator(".trend", { hasText: "CCW-Pump-1.WindingTemp" }).waitFor();
    await page.getByRole("img", { name: /绕组温度 最近 2 分钟的趋势，最低 \d/ }).waitFor();
    await page.getByRole("button", { name: /^驱动端轴承温度/ }).click();
  });

  await t.test("a refused write shows the edge's whole reason", async () => {
    await page.getByRole("button", { name: "写入 SpeedSetpoint" }).click();
    const form = page.locator(".write-form");
    await form.getByLabel("新值").fill("3000");
    await form.getByRole("button", { name: "写入" }).click();
    await answer(page, "将 3000 rpm 写入 CCW-Pump-1.SpeedSetpoint？", "写入");
    assert.match(
      await form.getByRole("alert").innerText(),
      /SpeedSetpoint = 3000 rpm 未成功[\s\S]*out of maximum value 1480/,
    );
    assert.equal(errors.length, 1, errors.join("\n"));
    assert.match(errors[0] ?? "", /400 \(Bad Request\)/);
  });

  await t.test("a stop that is not confirmed does nothing", async () => {
    await pump(page, 1).getByRole("button", { name: "停止" }).click();
    await answer(page, "停止 1号泵？", "取消");
    assert.equal(await pump(page, 1).locator(".tag").innerText(), "运行");
  });

  await t.test("overheating: the rule fires, pump 1 trips, pump 2 takes over, and the list says why", async () => {
    await page.getByRole("button", { name: "注入故障：1号泵轴承过热" }).click();
    await page.locator(".demo-note .tag", { hasText: "轴承过热 · 1号泵" }).waitFor();
    await state(page, 1, "跳闸锁存", 60_000);
    await state(page, 2, "运行", 15_000);
    const firing = page.locator(".firing-list > li", { hasText: "1号泵轴承超温停泵" });
    await firing.locator(".actions li", { hasText: "CCW-Pump-1.Stop = true" }).getByText("已核对").waitFor();
    assert.match(await firing.locator(".rule-why").innerText(), /BearingTempDE 4\d\.\d °C .*42/);
    await firing.locator("summary").click();
    assert.match(await firing.locator(".operands").innerText(), /CCW-Pump-1\.BearingTempDE = 4\d(\.\d)? °C/);
    assert.match(await firing.locator(".event-id").innerText(), /[0-9a-f]{8}-[0-9a-f-]{27}/);
    assert.match(await firing.locator("time").innerText(), /^\d\d:\d\d:\d\d$/);
  });

  await t.test("the trip stays latched until somebody presses reset", async () => {
    assert.equal(await pump(page, 1).getByRole("button", { name: "启动" }).isDisabled(), true);
    await page.getByRole("button", { name: "清除故障" }).click();
    await pump(page, 1).getByRole("button", { name: "复位" }).click();
    await answer(page, "复位 1号泵 的跳闸锁存？", "复位");
    await pump(page, 1).getByText("1号泵 复位 已被设备接受").waitFor();
    await state(page, 1, "停止", 30_000);
  });

  await t.test("the plant goes back to its start for another showing", async () => {
    await page.getByRole("button", { name: "复位装置" }).click();
    await state(page, 1, "运行", 15_000);
    await state(page, 2, "停止", 15_000);
    // The bearing was above 42 °C a moment ago; that must not trip the pump again.
    await sleep(2_500);
    assert.equal(await pump(page, 1).locator(".tag").innerText(), "运行");
  });

  await t.test("English at a press, and remembered", async () => {
    await page.locator(".page-header").getByText("EN", { exact: true }).click();
    await pump(page, 1).getByText("Running").waitFor();
    assert.equal(await page.getAttribute("html", "lang"), "en");
    await page.reload();
    await page.getByRole("heading", { name: "Closed-cooling-water station" }).waitFor();
    const own = (await page.locator("main").innerText()).replaceAll(
      /1号泵轴承.*|规则 [\s\S]*?\}|启动备用泵：1号|2号泵.*/g,
      "",
    );
    assert.doesNotMatch(own, /\p{Script=Han}/u, "what is left in Chinese is what the rules themselves say");
  });

  await t.test(
    "the system page shows every service with version and health, queues, losses and the process",
    async () => {
      await page.getByRole("link", { name: "System" }).click();
      const services = page.locator(".services tbody tr");
      await services.first().waitFor();
      const rows = await services.allInnerTexts();
      for (const key of ["core-keeper", "core-data", "device-modbus", "gateway"]) {
        const row = rows.find((text) => text.startsWith(key)) ?? "";
        assert.match(row, /Up[\s\S]*EdgeX 4\.\d+\.\d+ · JX \d[\s\S]*http:/, key);
      }
      for (const title of ["Queues", "Dropped", "This process"])
        await page.getByRole("heading", { name: title }).waitFor();
      assert.equal(await page.locator(".counts", { hasText: "bus messages" }).count(), 1);
      await page.locator("summary", { hasText: /\d+ empty queues/ }).click();
      assert.match(await page.locator("details .counts").innerText(), /readings not yet on disk/);
      await assertReadable(page);
      assert.doesNotMatch(await page.locator("main").innerText(), /\p{Script=Han}/u);
      await page.getByRole("link", { name: "Overview" }).click();
      await page.locator(".synoptic").waitFor();
    },
  );

  await t.test("it can be read, and everything that can be pressed has a name", async () => {
    await assertReadable(page);
  });

  await t.test("nothing is loaded from another host, and the browser complains about nothing", () => {
    const elsewhere = requests.filter((url) => !url.startsWith(`${edge.url}/`) && !url.startsWith("data:"));
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(errors.slice(1), []);
  });

  await t.test("with the demo off nothing of it is left, and the page says how to add a device", async () => {
    await page.getByRole("button", { name: "Switch demo off" }).click();
    await answer(page, "Switch the demo off?", "Switch demo off");
    await page.getByRole("heading", { name: "No devices yet" }).waitFor();
    assert.equal(await page.locator(".synoptic, .demo-badge, .demo-bar").count(), 0);
    await page.getByText("jx device import points.csv").waitFor();
  });

  await t.test("when the edge stops the page says so, with the age of what it shows", async () => {
    await edge.stop();
    await page.locator(".connection-lost", { hasText: /Connection lost, last data \d+(\.\d)? s ago/ }).waitFor();
  });
});

test("on a phone, in both languages, nothing lies beside the screen", async (t) => {
  const browser = await launchChromium(t);
  if (browser === undefined) return;
  buildConsole(ROOT);
  const edge = await startEdgeProcess(t, { demo: true });
  for (const locale of ["zh-CN", "en-US"]) {
    const { page, context, errors } = await openPage(browser, { locale, ...PHONE });
    await page.goto(edge.url);
    await page.locator("tr", { hasText: "MotorCurrent" }).waitFor();
    await page.locator(".rule-list li").first().waitFor();
    await assertReadable(page);
    await page.goto(`${edge.url}/#system`);
    await page.locator(".services tbody tr").first().waitFor();
    await assertReadable(page);
    assert.deepEqual(errors, []);
    await context.close();
  }
  await edge.stop();
});

function pump(page: Page, number: 1 | 2) {
  return page.locator(".pump-control").nth(number - 1);
}

async function state(page: Page, number: 1 | 2, word: string, timeout: number): Promise<void> {
  await pump(page, number).locator(".tag", { hasText: word }).waitFor({ timeout });
}

/** Answers the question that a press on a dangerous button asks. */
async function answer(page: Page, question: string, word: string): Promise<void> {
  await page.locator(".ant-popconfirm", { hasText: question }).getByRole("button", { name: word, exact: true }).click();
}
