/** Debian's Chromium, headless, for tests; without it they are skipped by name, or fail where peers are required. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { TestContext } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const EXECUTABLE = process.env.JX_CHROMIUM ?? "/usr/bin/chromium";
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Undefined when there is no Chromium here; the test has then been skipped. */
export async function launchChromium(t: TestContext, args: readonly string[] = []): Promise<Browser | undefined> {
  if (!existsSync(EXECUTABLE)) {
    const advice = `${EXECUTABLE} is required: apt-get install -y chromium fonts-noto-cjk`;
    if (process.env.JX_REQUIRE_PEERS === "1") assert.fail(advice);
    t.skip(advice);
    return undefined;
  }
  const browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args: [...ARGS, ...args] });
  t.after(() => browser.close());
  return browser;
}

export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors in the browser's console and in scripts, and what the content policy refused. */
  readonly errors: readonly string[];
  /** Addresses of all requests. */
  readonly requests: readonly string[];
}

export async function openPage(
  browser: Browser,
  options: { readonly locale: string; readonly width: number; readonly height: number },
): Promise<Watched> {
  const { locale, width, height } = options;
  const context = await browser.newContext({ locale, viewport: { width, height }, timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  return { page, context, errors, requests };
}
