import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { bearer, clientOf } from "../http/api-client.ts";
import { launchBrowser } from "../setup/browser.ts";
import { type DemoProcess, startDemoProcess } from "./demo-process.ts";

let service: DemoProcess;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  [service, browser] = await Promise.all([startDemoProcess(), launchBrowser()]);
});

afterEach(() => context?.close());

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

/** The billing page, signed in with one click. */
async function openAs(name: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  context = await browser.newContext({ viewport: { width: 1440, height: 1024 }, ...options });
  const page = await context.newPage();
  await page.goto(`${service.baseUrl}/billing`);
  await page.getByRole("button", { name: new RegExp(name) }).click();
  await page.getByRole("heading", { name: "Billing & Credits" }).waitFor();
  await page.getByText("Current Balance").waitFor();
  return page;
}

const runtime = () => clientOf(service.baseUrl, bearer(service.demo.api_key));

describe("the billing page", () => {
  test("shows the API's numbers in four cards and its newest transactions in the table", async () => {
    const page = await openAs("Olivia");
    const { body: summary } = await runtime().get("/api/billing/summary");
    const { body: history } = await runtime().get("/api/billing/history?limit=1");
    const main = page.getByRole("main");
    await page.getByText("Showing").first().waitFor();
    await expect.poll(() => main.innerText()).toContain(`$${summary.balance.toFixed(2)}`);
    const text = await main.innerText();
    expect(text).toContain(`+$${summary.total_topups.toFixed(2)}`);
    expect(text).toContain(String(summary.total_transactions));
    expect(text).toContain(history.data[0].description);
    expect(text).toContain(`Showing 1 to 50 of ${summary.total_transactions} transactions`);
  });

  test("keeps filter, page size and page in the address, and a filter goes back to page 1", async () => {
    const page = await openAs("Mia");
    await page.goto(`${service.baseUrl}/billing?per_page=10&page=2`).catch(() => {});
    await page.getByText("Showing").first().waitFor();
    await page.getByRole("combobox").first().click();
    await page.getByRole("option", { name: "Top-ups" }).click();
    await page.getByText(/Showing 1 to \d+ of \d+ transactions/).waitFor();
    expect(page.url()).toMatch(/topup/);
    expect(page.url()).not.toMatch(/page=2/);
  });

  test("a charge through the API appears on the open page without a reload, and its row opens the breakdown", async () => {
    const page = await openAs("Olivia");
    await page.getByText("Live", { exact: true }).filter({ visible: true }).first().waitFor();
    const agent = `agent_live${Date.now() % 100_000}`;
    const call = { session_id: `live-${Date.now()}`, agent_id: agent, architecture: "pipeline" };
    await runtime().post("/api/billing/sessions", call);
    await runtime().post(`/api/billing/sessions/${call.session_id}/end`, { duration_seconds: 210 });
    const row = page.getByText(`Voice call session - ${agent} - 3.5 min`).first();
    await row.waitFor({ timeout: 20_000 });
    await row.click();
    const panel = page.getByRole("dialog");
    await expect.poll(() => panel.innerText()).toContain("$0.1750");
    const text = await panel.innerText();
    for (const amount of ["$0.0525", "$0.0105", "$0.0175", "$0.2555"]) expect(text).toContain(amount);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
  });

  test("a Member sees Add Credits disabled, with the reason", async () => {
    const page = await openAs("Mia");
    const button = page.getByRole("button", { name: /Add Credits/ }).first();
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    await button.hover();
    await page.getByText("Only the Owner can buy credits. Ask Olivia Reyes.").first().waitFor();
  });
});

describe("buying", () => {
  test("a package bought in the sandbox shows as a top-up, with a toast, without a reload", async () => {
    const page = await openAs("Olivia");
    await page
      .getByRole("button", { name: /Add Credits/ })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("50 credits").first().click();
    const popup = context.waitForEvent("page", { timeout: 15_000 }).catch(() => null);
    await dialog.getByRole("button", { name: /Continue to checkout/ }).click();
    const overlay = page.locator("iframe").first();
    await Promise.race([overlay.waitFor({ timeout: 15_000 }), popup]);
    const { data } = await orderPaidFor(page);
    expect(data.attributes.status).toBe("paid");
    await page.getByText("Credits added successfully!").first().waitFor({ timeout: 20_000 });
    const { body } = await runtime().get("/api/billing/history?limit=1&type=topup");
    expect(body.data[0]).toMatchObject({ kind: "purchase", amount: 50 });
    // Opened anew: the overlay may still lie over the row.
    await page.goto(`${service.baseUrl}/billing`);
    await page.getByText(body.data[0].description).first().click();
    const receipt = page.getByRole("link", { name: /View receipt/ });
    await receipt.waitFor({ timeout: 15_000 });
    expect((await fetch((await receipt.getAttribute("href")) ?? "")).status).toBe(200);
  });
});

test("the link of a warning opens its package, for its organization", async () => {
  const page = await openAs("Olivia");
  const { body } = await clientOf(service.baseUrl, bearer(service.demo.operator_key)).get(
    `/api/billing/packages?organization_id=${service.demo.organization_id}`,
  );
  const largest = body.data.at(-1);
  const link = `organization=${service.demo.organization_id}&add=${largest.variant_id}`;
  await page.goto(`${service.baseUrl}/billing?${link}`);
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Continue to checkout").waitFor();
  expect(await dialog.getByRole("radio", { checked: true }).getAttribute("value")).toBe(
    String(largest.variant_id),
  );
  await expect.poll(() => page.url()).not.toContain("organization=");
});

/** Pays as a buyer would have, for the checkout that the page has just opened. */
async function orderPaidFor(page: Page) {
  const src = await page.locator("iframe").first().getAttribute("src");
  const checkoutUrl = src ?? context.pages().at(-1)?.url();
  const response = await fetch(`${service.demo.sandbox_url}/_control/pay`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ checkout_url: checkoutUrl }),
  });
  return (await response.json()) as { data: { attributes: { status: string } } };
}

describe("everywhere", () => {
  test.each(["light", "dark"] as const)("axe finds nothing serious on the %s page", async (colorScheme) => {
    const page = await openAs("Olivia", { colorScheme });
    await page.getByText("Showing").first().waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  test("at 375 px nothing scrolls sideways", async () => {
    const page = await openAs("Olivia", { viewport: { width: 375, height: 812 } });
    await page.getByText("Showing").first().waitFor();
    const width = await page.evaluate("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(375);
  });

  test("the page runs without errors or blocked resources", async () => {
    const errors: string[] = [];
    const page = await openAs("Adam");
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.reload();
    await page.getByText("Showing").first().waitFor();
    for (const name of ["Call Logs", "Analytics", "API Keys", "Organization", "Settings"]) {
      await page
        .getByRole("link", { name: new RegExp(name) })
        .first()
        .click();
      await page.getByRole("heading", { level: 1 }).waitFor();
    }
    expect(errors).toEqual([]);
  });
});
