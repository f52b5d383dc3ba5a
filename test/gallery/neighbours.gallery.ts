import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, test } from "vitest";
import { changeAnswer, failAnswer } from "../e2e/page-states.ts";
import { PHONE, type Studio, startStudio } from "../e2e/studio.ts";
import { type Receiver, startReceiver } from "../http/webhook-receiver.ts";
import { startCalls, tellOfCall } from "./calls.ts";
import { picture } from "./pictures.ts";

let studio: Studio;
let receiver: Receiver;
let webhookId: string;

beforeAll(async () => {
  [studio, receiver] = await Promise.all([startStudio(), startReceiver()]);
  await tellOfCall(studio.runtime);
  await startCalls(studio.runtime);
  const { operator } = studio;
  const organization = `/api/organizations/${studio.service.demo.organization_id}`;
  const added = await operator.post(`${organization}/webhooks`, {
    url: receiver.url,
    events: ["credit.low", "session.settled"],
  });
  webhookId = added.body.webhook.id;
  await operator.post(`${organization}/webhooks/${webhookId}/test`);
  const spend_limits = [
    { scope: "organization", period: "month", limit: 75 },
    { scope: "agent", subject: "agent_p2d6ha", period: "day", limit: 25 },
  ];
  await operator.patch(`${organization}/settings`, { spend_limits });
  await operator.post(`${organization}/members`, { email: "dana@example.com", role: "admin" });
});
afterEach(() => studio.closePages());
afterAll(async () => {
  await receiver.stop();
  await studio.stop();
});

const SCREEN = { width: 1280, height: 880 };
const HANDHELD: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  return (await studio.context("owner", { viewport: SCREEN, ...options })).newPage();
}

const PAGES = [
  ["call-logs", "/call-logs?limit=10", "Showing 1 to 10"],
  ["analytics", "/analytics", "days left"],
  ["api-keys", "/api-keys", "voice-runtime"],
  ["organization", "/organization", "dana@example.com"],
  ["settings", "/settings", "Whole organization"],
  ["webhooks", "/settings/webhooks", "session.settled"],
  ["statements", "/settings/statements", "Open"],
  ["audit", "/settings/audit", "Olivia Reyes"],
] as const;

async function takePicture(name: string, [path, text]: readonly [string, string], options = {}) {
  const page = await newPage(options);
  await page.goto(path);
  await page.getByRole("main").getByText(text).filter({ visible: true }).first().waitFor();
  await page.waitForLoadState("networkidle");
  await picture(page, name);
}

test.each(PAGES)("%s, and on a phone", async (name, ...place) => {
  await takePicture(`${name}-light`, place);
  await takePicture(`${name}-phone`, place, HANDHELD);
});

test("the fullest pages in the dark", async () => {
  await takePicture("call-logs-dark", ["/call-logs?limit=10", "Showing 1 to 10"], { colorScheme: "dark" });
  await takePicture("analytics-agents-dark", ["/analytics?group=agent&days=90", "days left"], {
    colorScheme: "dark",
  });
  await takePicture("settings-dark", ["/settings", "Whole organization"], { colorScheme: "dark" });
});

test("a webhook and a delivery of it", async () => {
  const page = await newPage();
  await page.goto(`/settings/webhooks?webhook=${webhookId}`);
  await page.locator("summary").first().click();
  await page.getByText('"type": "webhook.test"').waitFor();
  await picture(page.getByRole("dialog"), "webhook-light");
});

test("a month's statement", async () => {
  const page = await newPage();
  await page.goto(`/settings/statements/${new Date().toISOString().slice(0, 7)}`);
  await page.getByRole("table", { name: "Usage by agent" }).waitFor();
  await picture(page, "statement-light");
});

test("days to choose, a new key, and a new limit", async () => {
  const page = await newPage();
  await page.goto("/call-logs?limit=10");
  await page.getByRole("button", { name: "Filter by day: Any time" }).click();
  await page.getByLabel("From").waitFor();
  await picture(page, "call-logs-days-light");
  await page.goto("/api-keys");
  await page.getByRole("button", { name: "New key" }).click();
  await picture(page.getByRole("dialog"), "new-key-light");
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add limit" }).click();
  await picture(page.getByRole("dialog"), "new-limit-light");
});

test("nothing to show, and what can't be read", async () => {
  const page = await newPage();
  await page.goto("/call-logs?search=nothing-like-it");
  await page.getByText("No sessions match these filters.").waitFor();
  await picture(page, "call-logs-empty-light");
  await changeAnswer(page, "**/api/billing/usage?*", (answer) => ({
    ...answer,
    data: [],
    burn: { ...Object(answer.burn), per_day: 0, runway_hours: null },
  }));
  await page.goto("/analytics");
  await page.getByText("No recent usage").waitFor();
  await picture(page, "analytics-empty-light");
  await failAnswer(page, "**/api/organizations/*/webhooks");
  await page.goto("/settings/webhooks");
  await page.getByText("Failed to load webhooks").waitFor();
  await picture(page, "webhooks-failed-light");
});

test("what a Member may not do, with the reason", async () => {
  const page = await (await studio.context("member", { viewport: SCREEN })).newPage();
  await page.goto("/organization");
  await page.getByRole("button", { name: "Add", exact: true }).focus();
  await page.getByRole("tooltip").waitFor();
  await picture(page, "organization-member-light");
});
