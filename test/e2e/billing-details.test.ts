import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Studio, startStudio } from "./studio.ts";

let studio: Studio;

beforeAll(async () => {
  studio = await startStudio();
});
afterEach(() => studio.closePages());
afterAll(() => studio.stop());

const copied = (page: Page) => page.evaluate("navigator.clipboard.readText()");

describe("the panel of a call", () => {
  const session_id = "details-call";
  let transactionId: string;

  beforeAll(async () => {
    const call = {
      session_id,
      agent_id: "agent_details",
      agent_name: "Front desk",
      architecture: "pipeline",
    };
    await studio.runtime.post("/api/billing/sessions", call);
    const { body } = await studio.runtime.post(`/api/billing/sessions/${session_id}/end`, {
      duration_seconds: 210,
      transcript: [
        { role: "agent", text: "How can I help?", at_seconds: 0 },
        { role: "user", text: "I need to move my appointment.", at_seconds: 4 },
      ],
      recording_url: "https://recordings.example.com/call.mp3",
      analysis: { summary: "The caller moved an appointment.", goal_reached: true },
    });
    transactionId = body.transaction.id;
  });

  test("shows by its address what it cost and what was said", async () => {
    const page = await studio.open(`/billing?transaction=${transactionId}`);
    const panel = page.getByRole("dialog", { name: "Front desk" });
    await panel.getByText("Transcript").waitFor();
    const rows = await panel.locator("tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split(/\s+/).at(-1))).toEqual(["$0.1750", "$0.0525", "$0.0105", "$0.0175"]);
    expect(await panel.locator("tfoot").innerText()).toContain("$0.2555");
    const turns = panel.locator("ol > li");
    expect(await turns.nth(0).innerText()).toMatch(/0:00\s+Front desk\s+How can I help\?/);
    expect(await turns.nth(1).innerText()).toMatch(/0:04\s+Caller\s+I need to move/);
    await panel.getByText("The caller moved an appointment.").waitFor();
    await panel.getByText("Goal reached").waitFor();
    const seek = panel.getByRole("slider", { name: "Position in the recording" });
    await seek.fill("80");
    await panel.getByText("1:20").waitFor();
    await panel.getByRole("button", { name: "Copy the session id" }).click();
    await panel.getByText("Copied").waitFor();
    expect(await copied(page)).toBe(session_id);
  });

  test("is opened, stepped through and left by the keyboard, and focus comes back to its row", async () => {
    const page = await studio.open("/billing?limit=10");
    const links = page.locator("tbody a");
    await links.first().focus();
    await page.keyboard.press("ArrowDown");
    const second = await links.nth(1).innerText();
    expect(await page.evaluate("document.activeElement.innerText")).toBe(second);
    await page.keyboard.press("Enter");
    const panel = page.getByRole("dialog");
    await panel.getByText(second).waitFor();
    await page.keyboard.press("ArrowDown");
    await panel.getByText(await links.nth(2).innerText()).waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate("document.activeElement.innerText")).toBe(second);
  });

  test("is closed by Back, and what was closed is not opened again by it", async () => {
    const page = await studio.open("/billing?limit=10");
    const panel = page.getByRole("dialog");
    await page.locator("tbody a").first().click();
    await panel.waitFor();
    await page.goBack();
    await panel.waitFor({ state: "detached" });
    await page.locator("tbody a").first().click();
    await panel.waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(new URL(page.url()).search).toBe("?limit=10");
    await page.goBack();
    expect(page.url()).toBe("about:blank");
  });
});

test("the panel of a top-up says who bought it, when and from which address", async () => {
  const page = await studio.open("/billing?type=topup");
  await page
    .getByText(/Credit top-up via Lemon Squeezy/)
    .first()
    .click();
  const panel = page.getByRole("dialog");
  await panel.getByText("Bought by").waitFor();
  const text = await panel.innerText();
  expect(text).toMatch(/Bought by\s+Olivia Reyes/);
  expect(text).toMatch(/When\s+[A-Z][a-z]{2} \d+, 20\d\d \d\d:\d\d:\d\d/);
  expect(text).toMatch(/IP address\s+[\d.]+/);
});

test("single keys refresh and list the keys, and can be turned off", async () => {
  const page = await studio.open("/billing?limit=10");
  await page.getByText("Showing 1 to 10").waitFor();
  await page.keyboard.press("r");
  await page.locator("[data-sonner-toast]", { hasText: "Transaction history refreshed" }).waitFor();
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await list.getByRole("checkbox").uncheck();
  await list.getByRole("button", { name: "Done" }).click();
  await list.waitFor({ state: "detached" });
  await page.evaluate(`globalThis.refreshes = 0; addEventListener("airtime:refresh", () => refreshes++)`);
  await page.keyboard.press("r");
  expect(await page.evaluate("refreshes")).toBe(0);
  await page.evaluate(`localStorage.setItem("airtime-single-keys", "on")`);
  await page.keyboard.press("r");
  expect(await page.evaluate("refreshes")).toBe(1);
});

describe("Add Credits", () => {
  const SCRIPT = "**/*lemon.js*";

  test("offers what is on sale, with prices and discounts", async () => {
    const page = await studio.open("/billing?add=true");
    const dialog = page.getByRole("dialog", { name: "Add Credits" });
    const offers = dialog.getByRole("radio");
    await offers.first().waitFor({ state: "attached" });
    const { body } = await studio.operator.get(
      `/api/billing/packages?organization_id=${studio.service.demo.organization_id}`,
    );
    const cards = await dialog.locator("label").allInnerTexts();
    expect(cards.length).toBe(body.data.length);
    for (const [place, offer] of body.data.entries()) {
      expect(cards[place]).toContain(`$${offer.price.toFixed(2)}`);
      expect(cards[place]).toContain(`${offer.credits} credits`);
      expect(cards[place]?.includes(`Save ${offer.discount_percent}%`)).toBe(offer.discount_percent > 0);
    }
  });

  test("is not opened by a link for whoever may not buy", async () => {
    const page = await studio.open("/billing?add=true", { role: "admin" });
    const button = page.getByRole("button", { name: "Add Credits" });
    await page.getByText("Showing 1 to 50").waitFor();
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  test("opens the checkout in a new tab where the overlay can't load", async () => {
    const context = await studio.context("owner");
    const page = await context.newPage();
    await page.route(SCRIPT, (route) => route.abort());
    await page.goto("/billing?add=true");
    const tab = context.waitForEvent("page");
    await page.getByRole("button", { name: /Continue to checkout/ }).click();
    expect((await tab).url()).toContain("/checkout/");
    await page.getByText("The checkout is open in another tab").waitFor();
    expect(await page.locator(".spinner").count()).toBe(0);
  });

  test("gives the link, to copy, where the browser blocks the tab too", async () => {
    const page = await (await studio.context("owner")).newPage();
    await page.route(SCRIPT, (route) => route.abort());
    await page.addInitScript("window.open = () => null");
    await page.goto("/billing?add=true");
    await page.getByRole("button", { name: /Continue to checkout/ }).click();
    const alert = page.getByRole("alert").filter({ hasText: "Your browser blocked the checkout window" });
    const link = await alert.getByRole("link").getAttribute("href");
    expect(link).toContain("/checkout/");
    await alert.getByRole("button", { name: "Copy" }).click();
    await alert.getByText("Copied").waitFor();
    expect(await copied(page)).toBe(link);
  });

  test("says when the provider is down, and can be tried again", async () => {
    await faults({ fail_api: true });
    const page = await studio.open("/billing?add=true");
    const button = page.getByRole("button", { name: /Continue to checkout/ });
    await button.click();
    await page.getByRole("alert").filter({ hasText: "The checkout could not be opened" }).waitFor();
    await faults({ fail_api: false });
    await button.click();
    await page.locator("iframe").first().waitFor();
  });

  test("a checkout that is given up leaves nothing behind", async () => {
    const page = await studio.open("/billing?add=true");
    await page.getByRole("button", { name: /Continue to checkout/ }).click();
    await page.locator("iframe").first().waitFor();
    await page.evaluate("LemonSqueezy.Url.Close()");
    await page.locator("iframe").first().waitFor({ state: "detached" });
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.locator(".spinner").count()).toBe(0);
    await page.getByRole("button", { name: "Add Credits" }).click();
    await page.getByRole("dialog").waitFor();
    await page.goto("/billing?checkout=chk_unknown");
    await page.getByText("Showing 1 to 50").waitFor();
    await expect.poll(() => page.url()).not.toContain("checkout=");
  });
});

async function faults(change: object): Promise<void> {
  await fetch(`${studio.service.demo.sandbox_url}/_control/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  });
}
