/** Whether a person can read and use a page: contrast, names for a screen reader, nothing beside the screen. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const IN_PAGE = readFileSync(join(import.meta.dirname, "in-page.js"), "utf8");

export async function assertReadable(page: Page): Promise<void> {
  const found: unknown = await page.evaluate(`{${IN_PAGE}}`);
  assert.deepEqual(found, { lowContrast: [], nameless: [], beside: [], scrolls: false });
}
