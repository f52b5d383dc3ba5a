import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Receiver, startReceiver } from "../http/webhook-receiver.ts";
import { overflowOf, violationsOf } from "./axe.ts";
import { expectBlocked } from "./blocked.ts";
import { changeAnswer, failAnswer } from "./page-states.ts";
import { PHONE, type Studio, startStudio } from "./studio.ts";

let studio: Studio;
let receiver: Receiver;

beforeAll(async () => {
  [studio, receiver] = await Promise.all([startStudio(), startReceiver()]);
});
afterEach(() => studio.closePages());
afterAll(async () => {
  await receiver.stop();
  await studio.stop();
});

const settings = async () =>
  (await studio.operator.get(`/api/organizations/${studio.service.demo.organization_id}/settings`)).body
    .settings;

const limitsOf = (page: Page) => page.getByRole("region", { name: "Spend limits" }).getByRole("listitem");

test("the Owner sets threshold and alert emails; what is no amount is refused in words", async () => {
  const page = await studio.open("/settings");
  const threshold = page.getByLabel("Low balance threshold (USD)");
  await threshold.fill("1e3");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("An amount such as 5 or 12.50, with at most 4 decimals").waitFor();
  await threshold.fill("7.5");
  await page.getByLabel("Alert emails").fill("ops@example.com; cfo@example.com");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator("[data-sonner-toast]", { hasText: "Settings saved" }).waitFor();
  expect(await settings()).toMatchObject({
    low_balance_threshold: 7.5,
    alert_emails: ["ops@example.com", "cfo@example.com"],
  });
});

test("a spend limit is set, shows what is used of it, is changed and removed", async () => {
  const { runtime } = studio;
  const used = { event_id: "limit-1", agent_id: "agent_limited", architecture: "api", units: 85 };
  expect((await runtime.post("/api/billing/usage", used)).status).toBe(201);
  const page = await studio.open("/settings");
  await page.getByRole("button", { name: "Add limit" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("For", { exact: true }).selectOption("agent");
  await dialog.getByLabel("Limit (USD)").fill("1");
  await dialog.getByRole("button", { name: "Save limit" }).click();
  await dialog.getByText("Say whom the limit is for.").waitFor();
  await dialog.getByLabel("Agent's id").fill("agent_limited");
  await dialog.getByRole("button", { name: "Save limit" }).click();
  await dialog.waitFor({ state: "detached" });
  const row = limitsOf(page).filter({ hasText: "Agent agent_limited" });
  await row.getByText("$0.85 used").waitFor();
  await row.getByText("Near").waitFor();
  expect(await row.getByRole("meter").getAttribute("aria-valuenow")).toBe("85");
  await row.getByRole("button", { name: /^Edit/ }).click();
  await dialog.getByLabel("Limit (USD)").fill("0.5");
  await dialog.getByRole("button", { name: "Save limit" }).click();
  await row.getByText("Reached").waitFor();
  expect((await settings()).spend_limits).toMatchObject([{ scope: "agent", period: "day", limit: 0.5 }]);
  await row.getByRole("button", { name: /^Remove/ }).click();
  await dialog.getByRole("button", { name: "Remove limit" }).click();
  await page.getByText("No spend limits. Calls are bounded by the balance alone.").waitFor();
  expect((await settings()).spend_limits).toEqual([]);
});

test("the grace limit is shown with the reason why nobody here changes it", async () => {
  const page = await studio.open("/settings");
  const grace = page.getByRole("region", { name: "Grace" });
  await grace.getByText("$5.00").waitFor();
  await grace.getByText("It is credit, so only the operator of this service can change it.").waitFor();
  expect(await grace.getByRole("textbox").count()).toBe(0);
});

test("who is not the Owner reads settings, and is told why nothing can be changed", async () => {
  const page = await studio.open("/settings", { role: "admin" });
  await page.getByLabel("Alert emails").waitFor();
  await expectBlocked(page, "Save", "Only the Owner changes billing settings.");
  await expectBlocked(page, "Add limit", "Only the Owner changes billing settings.");
  expect(await page.getByLabel("Alert emails").getAttribute("readonly")).not.toBeNull();
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.getByText("Only the Owner reads the audit log").waitFor();
});

test("a webhook is added, its secret shown once, tested, and a delivery sent again", async () => {
  const page = await studio.open("/settings/webhooks", { role: "admin" });
  await page.getByText("No webhooks yet.").waitFor();
  await page.getByRole("button", { name: "Add webhook" }).first().click();
  const dialog = page.getByRole("dialog").last();
  await dialog.getByLabel("Address").fill(receiver.url);
  await dialog.getByRole("button", { name: "Add webhook" }).click();
  await dialog.getByText("Choose at least one event.").waitFor();
  await dialog.getByText("credit.low").click();
  await dialog.getByRole("button", { name: "Add webhook" }).click();
  await dialog.getByText(/^whsec_/).waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await page.getByText(/whsec_/).count()).toBe(0);
  await page.getByRole("link", { name: receiver.url }).click();
  await page.getByRole("button", { name: "Send test" }).click();
  await page.getByRole("dialog").getByText("Delivered", { exact: true }).first().waitFor();
  expect(receiver.events().map(({ type }) => type)).toEqual(["webhook.test"]);
  await page.locator("summary").first().click();
  await page.getByText('"type": "webhook.test"').waitFor();
  await page.getByRole("button", { name: "Send again" }).first().click();
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  expect(await violationsOf(page)).toEqual([]);
});

test("a webhook gets a new secret, is turned off, and removed; a Member only looks", async () => {
  const { organization_id } = studio.service.demo;
  const webhook = { url: `${receiver.url}/second`, events: ["session.settled"] };
  await studio.operator.post(`/api/organizations/${organization_id}/webhooks`, webhook);
  const page = await studio.open("/settings/webhooks");
  await page.getByRole("link", { name: webhook.url }).click();
  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByRole("dialog").last().getByRole("button", { name: "New secret" }).click();
  await page.getByText(/^whsec_/).waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("good until").waitFor();
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByText("It is told nothing until it is on again.").first().waitFor();
  await expectBlocked(page, "Send test", "Turn it on first.");
  const member = await studio.open("/settings/webhooks", { role: "member" });
  await member.getByRole("link", { name: webhook.url }).click();
  await member.getByText("only the Owner and Admins see them").waitFor();
  await expectBlocked(member, "Edit", "Only the Owner and Admins manage webhooks.");
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove webhook" }).click();
  await page.getByRole("link", { name: webhook.url }).waitFor({ state: "detached" });
});

test("a month's statement adds up to its closing balance, as page and as PDF", async () => {
  const page = await studio.open("/settings/statements", { role: "member" });
  const month = new Date().toISOString().slice(0, 7);
  await page.getByRole("list").last().getByRole("link").first().click();
  const { body } = await studio.runtime.get(`/api/billing/statements/${month}`);
  const { opening_balance, top_ups, closing_balance, usage_by_agent, head_hash } = body.data;
  for (const amount of [opening_balance, top_ups, closing_balance])
    await page
      .getByText(`$${amount.toFixed(4)}`)
      .first()
      .waitFor();
  await page.getByText(head_hash).waitFor();
  const agents = page.getByRole("table", { name: "Usage by agent" });
  expect(await agents.locator("tbody tr").count()).toBe(usage_by_agent.length);
  const href = (await page.getByRole("link", { name: "Download PDF" }).getAttribute("href")) ?? "";
  const file = await page.request.get(href);
  expect((await file.body()).subarray(0, 5).toString()).toBe("%PDF-");
  expect(await violationsOf(page)).toEqual([]);
});

test("the audit log tells the Owner who changed what, narrows by action, and opens to before and after", async () => {
  const page = await studio.open("/settings/audit");
  await page.getByRole("combobox", { name: "Filter by action" }).click();
  await page.getByRole("option", { name: "Billing settings" }).click();
  const entries = page.getByRole("list", { name: "Audit log" }).getByRole("listitem");
  // Until the narrowed list is there, the one before is shown.
  await expect.poll(() => entries.filter({ hasNotText: "Change billing settings" }).count()).toBe(0);
  expect(new URL(page.url()).searchParams.get("action")).toBe("change_billing_settings");
  const changed = entries.first();
  await changed.locator("summary").click();
  await changed.getByText("After").waitFor();
  await changed.getByText("IP address").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  const href = (await page.getByRole("link", { name: "Export" }).getAttribute("href")) ?? "";
  expect(await (await page.request.get(href)).text()).toContain("change_billing_settings");
});

test("axe finds nothing with limits set, nothing scrolls sideways on a phone, and failures can be tried again", async () => {
  const page = await (await studio.context("owner", { viewport: PHONE })).newPage();
  const limit = { scope: "agent", period: "day", subject: "a", limit: 1, spent: 0.9, held: 0.05 };
  const shown = { ...limit, resets_at: new Date().toISOString() };
  await changeAnswer(page, "**/api/organizations/*/settings", (answer) => ({
    ...answer,
    settings: { ...Object(answer.settings), spend_limits: [shown] },
  }));
  await page.goto("/settings");
  await limitsOf(page).first().waitFor();
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(await violationsOf(page)).toEqual([]);
  await failAnswer(page, "**/api/organizations/*/webhooks");
  await page.getByRole("link", { name: "Webhooks" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "Failed to load webhooks" });
  await alert.waitFor();
  await page.unroute("**/api/organizations/*/webhooks");
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Events are posted to these addresses").waitFor();
});
