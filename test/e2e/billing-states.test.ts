import { gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContextOptions, Page, Response } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { changeSummary, emptyHistory, failHistory, holdAnswers } from "./page-states.ts";
import { PHONE, type Studio, startStudio } from "./studio.ts";

let studio: Studio;

beforeAll(async () => {
  studio = await startStudio();
});
afterEach(() => studio.closePages());
afterAll(() => studio.stop());

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  return (await studio.context("owner", options)).newPage();
}

describe("loading", () => {
  test("shows four cards and five rows, pulsing, until the numbers are there", async () => {
    const page = await newPage();
    const letGo = await holdAnswers(page);
    await page.goto("/billing");
    const placeholders = page.locator("[data-skeleton]");
    await expect.poll(() => placeholders.count()).toBe(9);
    expect(await page.locator("[data-skeleton=card]").count()).toBe(4);
    expect(await page.evaluate(PULSE)).toBe("pulse");
    expect(await page.locator("[aria-busy=true] [data-skeleton]").count()).toBe(9);
    letGo();
    await page.getByText("Showing 1 to 50").waitFor();
    await expect.poll(() => placeholders.count()).toBe(0);
  });

  test("again keeps the table, spins in the button, and says when it is done", async () => {
    const page = await newPage();
    await page.goto("/billing");
    await page.getByText("Showing 1 to 50").waitFor();
    const letGo = await holdAnswers(page);
    await page.getByRole("button", { name: "Refresh" }).click();
    const button = page.getByRole("button", { name: "Refreshing" });
    await button.waitFor();
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    expect(await button.locator(".spinner").count()).toBe(1);
    expect(await page.locator("tbody tr").count()).toBe(50);
    letGo();
    await page.locator("[data-sonner-toast]", { hasText: "Transaction history refreshed" }).waitFor();
    await page.getByRole("button", { name: "Refresh", exact: true }).waitFor();
  });
});

const PULSE = `getComputedStyle(document.querySelector("[data-skeleton] .skeleton")).animationName`;

describe("an empty history", () => {
  test.each([
    ["/billing", "Your transaction history is empty"],
    ["/billing?type=topup", "No Top-ups transactions in your history"],
    ["/billing?type=consumption", "No Usage transactions in your history"],
  ])("at %s says: %s", async (path, text) => {
    const page = await newPage();
    await emptyHistory(page);
    await page.goto(path);
    const section = page.getByRole("region", { name: "Transaction History" });
    await section.getByRole("heading", { name: "No transactions found" }).waitFor();
    await section.getByText(text).waitFor();
    await section.getByRole("button", { name: "Refresh" }).waitFor();
  });
});

test("a failed history leaves the cards, says so in a red alert, and Refresh heals it", async () => {
  const page = await newPage();
  await failHistory(page);
  await page.goto("/billing");
  const alert = page.getByRole("alert").filter({ hasText: "Failed to load transaction history" });
  await page.getByText("Current Balance").waitFor();
  await alert.getByText("Please try again later").waitFor();
  await alert.locator("svg.lucide-circle-alert").waitFor();
  await page.unroute("**/api/billing/history?*");
  await alert.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("Showing 1 to 50").waitFor();
  expect(await alert.count()).toBe(0);
});

const BANNERS = [
  ["status", { balance: 4.21, status: "low", burn_rate_per_minute: 0.073 }, "Low balance: $4.21 left."],
  [
    "alert",
    { balance: 0, status: "depleted", active_sessions: 2 },
    "Balance is $0.00. New calls are refused.",
  ],
  ["alert", { balance: -2.14, status: "grace" }, "Balance is -$2.14. Running calls may use $2.86 more"],
] as const;

describe("a banner", () => {
  test.each(BANNERS)("of role %s at %o says: %s", async (role, change, text) => {
    const page = await newPage();
    await changeSummary(page, change);
    await page.goto("/billing");
    const banner = page.getByRole(role).filter({ hasText: text });
    await banner.getByRole("button", { name: "Add Credits" }).waitFor();
    const balance = page.getByTestId("balance");
    expect((await balance.innerText()).replace(/\s/g, "")).toBe(
      change.balance < 0 ? "-$2.14" : `$${change.balance.toFixed(2)}`,
    );
    expect(await page.getByRole("meter", { name: "Grace used" }).count()).toBe(change.balance < 0 ? 1 : 0);
  });
});

describe.each(["light", "dark"] as const)("axe finds nothing, %s,", (colorScheme) => {
  const violationsOf = async (page: Page) => {
    // A color on its way, of a card that is just chosen or a dialog that fades in, has the contrast of neither end.
    await expect.poll(() => page.evaluate(MOTIONS)).toBe(0);
    const axe = new AxeBuilder({ page }).options({ rules: { "target-size": { enabled: true } } });
    // In the dark only the colors differ.
    const { violations } = await (colorScheme === "dark" ? axe.withRules("color-contrast") : axe).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  };

  test("while loading, when empty, failed, or in grace", async () => {
    for (const [prepare, text] of STATES) {
      const page = await newPage({ colorScheme });
      await prepare(page);
      await page.goto("/billing?limit=10");
      await page.locator(text).first().waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await page.close();
    }
  });

  test("in dialog, panel and menus, and on a phone", async () => {
    const page = await newPage({ colorScheme });
    await page.goto("/billing?limit=10&add=true");
    await page.getByRole("dialog").getByText("Continue to checkout").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.goto("/billing?limit=10&type=topup");
    await page.locator("tbody a").first().click();
    await page.getByRole("dialog").getByText("Balance before").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /Account of/ }).click();
    await page.getByRole("menu").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.setViewportSize(PHONE);
    await page.locator("main ul[aria-label='Transaction History'] li").first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  test.each(["/sign-in", "/sign-up"])("on %s", async (path) => {
    const page = await studio.open(path, { colorScheme, role: null });
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });
});

const MOTIONS = `document.getAnimations()
  .filter((one) => one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity).length`;

const STATES: readonly [(page: Page) => Promise<unknown>, string][] = [
  [holdAnswers, "[data-skeleton=row]"],
  [emptyHistory, "text=No transactions found"],
  [failHistory, "text=Failed to load transaction history"],
  [(page) => changeSummary(page, { balance: -2.14, status: "grace" }), "text=Balance is -$2.14."],
];

test.each([
  ["320 px", { viewport: { width: 320, height: 640 } }],
  ["1440 px at 400 %", { viewport: { width: 360, height: 256 }, deviceScaleFactor: 4 }],
  ["768 px", { viewport: { width: 768, height: 1024 } }],
  ["1024 px", { viewport: { width: 1024, height: 768 } }],
] as const)("at %s nothing scrolls sideways, and Add Credits can be reached", async (_, options) => {
  const page = await newPage(options);
  await page.goto("/billing");
  await page.getByText("Showing 1 to 50").waitFor();
  const width = await page.evaluate("document.documentElement.scrollWidth");
  expect(width).toBeLessThanOrEqual(options.viewport.width);
  await page.getByRole("button", { name: "Add Credits" }).click();
  await page.getByRole("dialog").getByText("Continue to checkout").click({ trial: true });
});

test("the first load is compressed, and at most 150 kB by gzip", async () => {
  const page = await newPage();
  const files: Response[] = [];
  page.on("response", (response) => {
    const isCode = ["script", "stylesheet"].includes(response.request().resourceType());
    // The toasts' code comes two seconds later, which on a busy machine is before the numbers.
    if (isCode && !response.url().includes("/toaster-")) files.push(response);
  });
  await page.goto("/billing");
  await page.getByText("Showing 1 to 50").waitFor();
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await file.body(), { level: 9 }).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(150_000);
  for (const file of files) expect(file.headers()["content-encoding"], file.url()).toBe("br");
});

test("in forced colors every card has a border, and the title is not transparent", async () => {
  const page = await newPage({ forcedColors: "active" });
  await page.goto("/billing");
  await page.getByText("Current Balance").waitFor();
  const borders = await page.evaluate(
    `[...document.querySelectorAll("[aria-label='Credits at a glance'] > div")].map((card) => getComputedStyle(card).borderTopWidth)`,
  );
  expect(borders).toEqual(["1px", "1px", "1px", "1px"]);
  const color = await page.evaluate(`getComputedStyle(document.querySelector("h1")).color`);
  expect(color).not.toBe("rgba(0, 0, 0, 0)");
});
