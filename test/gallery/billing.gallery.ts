import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { changeSessions, changeSummary, emptyHistory, failHistory, holdAnswers } from "../e2e/page-states.ts";
import { PHONE, type Studio, startStudio } from "../e2e/studio.ts";
import { startCalls, tellOfCall } from "./calls.ts";
import { picture } from "./pictures.ts";

let studio: Studio;
let voiceCall: string;

beforeAll(async () => {
  studio = await startStudio();
  voiceCall = await tellOfCall(studio.runtime);
  await startCalls(studio.runtime);
});
afterEach(() => studio.closePages());
afterAll(() => studio.stop());

const SCREEN = { width: 1280, height: 880 };
const HANDHELD: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  return (await studio.context("owner", { viewport: SCREEN, ...options })).newPage();
}

describe("the page", () => {
  test.each([
    ["billing-light", { colorScheme: "light" }],
    ["billing-dark", { colorScheme: "dark" }],
    ["billing-phone-light", { colorScheme: "light", ...HANDHELD }],
    ["billing-phone-dark", { colorScheme: "dark", ...HANDHELD }],
  ] as const)("%s", async (name, options) => {
    const page = await newPage(options);
    await page.goto("/billing?limit=10");
    await page.getByText("Showing 1 to 10").waitFor();
    await page.getByText("Running now").waitFor();
    await picture(page, name);
  });
});

test("the panel of a call", async () => {
  for (const [name, options] of [
    ["panel-call-light", {}],
    ["panel-call-phone-dark", { ...HANDHELD, colorScheme: "dark" }],
  ] as const) {
    const page = await newPage(options);
    await page.goto(`/billing?limit=10&transaction=${voiceCall}`);
    const panel = page.getByRole("dialog");
    await panel.getByText("Transcript").waitFor();
    await picture(panel, name);
  }
});

test("the panel of a top-up", async () => {
  const page = await newPage({ colorScheme: "dark" });
  await page.goto("/billing?limit=10&type=topup");
  await page.locator("tbody a").first().click();
  const panel = page.getByRole("dialog");
  await panel.getByText("Balance before").waitFor();
  await picture(panel, "panel-top-up-dark");
});

test("Add Credits", async () => {
  const page = await newPage();
  await page.goto("/billing?limit=10&add=true");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("You save").waitFor();
  await picture(dialog, "add-credits-light");
  await page.addInitScript("window.open = () => null");
  await page.route("**/*lemon.js*", (route) => route.abort());
  await page.reload();
  await dialog.getByRole("button", { name: /Continue to checkout/ }).click();
  await dialog.getByText("Your browser blocked the checkout window").waitFor();
  await picture(dialog, "add-credits-blocked-light");
  const phone = await newPage({ ...HANDHELD, colorScheme: "dark" });
  await phone.goto("/billing?limit=10&add=true");
  await phone.getByRole("dialog").getByText("You save").waitFor();
  await picture(phone, "add-credits-phone-dark");
});

test.each([
  ["loading", holdAnswers, "[data-skeleton=row]"],
  ["empty", emptyHistory, "text=No transactions found"],
  ["failed", failHistory, "text=Failed to load transaction history"],
  ["low", (page: Page) => changeSummary(page, LOW), "text=Low balance: $4.21 left."],
  ["zero", (page: Page) => changeSummary(page, ZERO), "text=Balance is $0.00."],
  ["grace", (page: Page) => changeSummary(page, GRACE), "text=Balance is -$2.14."],
] as const)("the page %s", async (name, prepare, text) => {
  const page = await newPage({ viewport: { width: 1280, height: 720 } });
  await prepare(page);
  await page.goto("/billing?limit=10");
  await page.locator(text).first().waitFor();
  if (name !== "loading") await page.getByText("Current Balance").waitFor();
  await picture(page, `billing-${name}-light`);
});

const LOW = { balance: 4.21, available: 4.0, status: "low" };
const ZERO = { balance: 0, status: "depleted" };
const GRACE = { balance: -2.14, status: "grace" };

test("running calls: a final grant and a silent runtime", async () => {
  const page = await newPage();
  await changeSessions(page, (session, place) => {
    if (place === 0) return { ...session, grant: { ...Reflect.get(session, "grant"), final: true } };
    return place === 1 ? { ...session, status: "stale" } : session;
  });
  await page.goto("/billing?limit=10");
  const strip = page.getByLabel("Running now");
  await strip.getByText("Final grant").waitFor();
  await picture(strip, "running-now-light");
});

test("what waits above while one reads", async () => {
  const page = await newPage();
  await page.goto("/billing?limit=10&page=2");
  await page.getByText("Showing 11 to 20").waitFor();
  await page.getByText("Live", { exact: true }).filter({ visible: true }).waitFor();
  await tellOfCall(studio.runtime, "gallery-late");
  await page.getByRole("link", { name: "1 new transaction" }).waitFor();
  await picture(page.getByRole("region", { name: "Transaction History" }), "billing-waiting-light");
});

test("whoever may not buy reads why", async () => {
  const page = await (await studio.context("member", { viewport: SCREEN })).newPage();
  await page.goto("/billing?limit=10");
  await page.getByText("Showing 1 to 10").waitFor();
  await page.getByRole("button", { name: "Add Credits" }).focus();
  await page.getByRole("tooltip").waitFor();
  await picture(page, "billing-member-light");
});

test.each(["sign-in", "sign-up"])("%s", async (name) => {
  const page = await studio.open(`/${name}`, { role: null, viewport: { width: 800, height: 860 } });
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  await picture(page, `${name}-light`);
});

test("the account menu and the keys", async () => {
  const page = await newPage({ colorScheme: "dark" });
  await page.goto("/billing?limit=10");
  await page.getByText("Showing 1 to 10").waitFor();
  await page.getByRole("button", { name: /Account of/ }).click();
  const menu = page.getByRole("menu");
  await menu.waitFor();
  await picture(menu, "account-menu-dark");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await picture(page.getByRole("dialog"), "keys-dark");
});
