/** Whether a person can read and use a page: contrast, names for a screen reader, nothing beside the screen. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";

const IN_PAGE = readFileSync(join(import.meta.dirname, "in-page.js"), "utf8");
const FINE = { lowContrast: [], nameless: [], beside: [], scrolls: false };
/** Colours that fade into each other are over by then. */
const SETTLED_MS = 3_000;

export async function assertReadable(page: Page): Promise<void> {
  const deadline = performance.now() + SETTLED_MS;
  let found: unknown;
  do {
    found = await page.evaluate(`{${IN_PAGE}}`);
    if (isDeepStrictEqual(found, FINE)) return;
    await sleep(200);
  } while (performance.now() < deadline);
  assert.deepEqual(found, FINE);
}
