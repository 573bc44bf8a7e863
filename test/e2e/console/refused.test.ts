/** What a person sees when the edge lets the page in no longer, or not at all. */
import { join } from "node:path";
import { test } from "node:test";
import { buildConsole } from "../../../scripts/build-console.ts";
import { startEdgeProcess } from "../../support/edge-process.ts";
import { launchChromium, openPage } from "./chromium.ts";

const ROOT = join(import.meta.dirname, "../../..");
const SIZE = { width: 1280, height: 800 };

test("one viewer too many is told why, and comes in when another leaves", async (t) => {
  const browser = await launchChromium(t);
  if (browser === undefined) return;
  buildConsole(ROOT);
  const edge = await startEdgeProcess(t, { env: { GATEWAY_LIVE_MAXCLIENTS: "1" } });
  const first = await openPage(browser, { locale: "en-US", ...SIZE });
  await first.page.goto(edge.url);
  await first.page.locator(".connection-live").waitFor();
  const second = await openPage(browser, { locale: "en-US", ...SIZE });
  await second.page.goto(edge.url);
  await second.page.getByRole("alert").getByText("no room for another viewer; at most 1").waitFor();
  await first.context.close();
  await second.page.locator(".connection-live").waitFor();
  await second.page.getByRole("alert").waitFor({ state: "detached" });
  await edge.stop();
});
