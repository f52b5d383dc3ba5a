import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { overflowOf, violationsOf } from "./axe.ts";
import { changeAnswer, failAnswer } from "./page-states.ts";
import { PHONE, type Studio, startStudio } from "./studio.ts";

let studio: Studio;

beforeAll(async () => {
  studio = await startStudio();
});
afterEach(() => studio.closePages());
afterAll(() => studio.stop());

const USAGE = "**/api/billing/usage?*";
const DAY_MS = 86_400_000;
const dayBefore = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

/** What the API says the days from one to another cost, by group. */
async function spendOf(groupBy: string, from: string, to: string): Promise<Map<string, number>> {
  const after = new Date(Date.parse(to) + DAY_MS).toISOString();
  const query = new URLSearchParams({ group_by: groupBy, from: `${from}T00:00:00.000Z`, to: after });
  const { body } = await studio.runtime.get(`/api/billing/usage?${query}`);
  const sums = new Map<string, number>();
  for (const { name, group, amount } of body.data)
    sums.set(name ?? group, Math.round(((sums.get(name ?? group) ?? 0) + amount) * 10_000) / 10_000);
  return sums;
}

const totalOf = (sums: Map<string, number>) => [...sums.values()].reduce((sum, amount) => sum + amount, 0);
const spendTable = (page: Page) => page.getByRole("group", { name: "Spend by day", exact: true });

test("picture, table and file of a grouping show the sums that the API gives", async () => {
  const [from, to] = [dayBefore(20), dayBefore(5)];
  const agents = await spendOf("agent", from, to);
  expect(agents.size).toBeGreaterThan(2);
  const page = await studio.open(`/analytics?from=${from}&to=${to}`);
  await page.getByRole("combobox", { name: "Group by" }).click();
  await page.getByRole("option", { name: "Agent", exact: true }).click();
  const card = page.getByRole("region", { name: "Spend by agent" });
  for (const [name, amount] of agents) {
    await card.locator("dt", { hasText: name }).waitFor();
    await card.locator("dd", { hasText: `$${amount.toFixed(4)}` }).waitFor();
    await page
      .getByRole("table", { name: "By agent" })
      .getByRole("row", { name: new RegExp(`^${name} .*\\$${amount.toFixed(4)}$`) })
      .waitFor();
  }
  await page.getByRole("button", { name: "View as table" }).click();
  await expect.poll(() => spendTable(page).locator("tbody tr").count()).toBe(16);
  const href = await page.getByRole("link", { name: "Export" }).getAttribute("href");
  const [head = "", ...lines] = decodeURIComponent(href?.split(",").slice(1).join(",") ?? "")
    .trim()
    .split("\r\n");
  expect(head.split(",")).toEqual(expect.arrayContaining(["day_utc", ...agents.keys(), "total"]));
  expect(lines).toHaveLength(16);
  const exported = lines.reduce((sum, line) => sum + Number(line.split(",").at(-1)), 0);
  expect(exported).toBeCloseTo(totalOf(agents), 4);
});

test("arrow keys pick a day, whose values replace the sums until the chart is left", async () => {
  const [from, to] = [dayBefore(8), dayBefore(7)];
  const page = await studio.open(`/analytics?from=${from}&to=${to}`);
  const [last, both] = [
    totalOf(await spendOf("component", to, to)),
    totalOf(await spendOf("component", from, to)),
  ];
  const picked = page.locator("[aria-live=polite]", { hasText: "·" });
  await page.getByRole("group", { name: /Arrow keys pick a day/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => picked.innerText()).toContain(`$${last.toFixed(4)}`);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => picked.innerText()).toContain(`$${(both - last).toFixed(4)}`);
  await page.keyboard.press("Tab");
  await picked.waitFor({ state: "detached" });
});

test("a period of days lives in the address, and Back undoes it", async () => {
  const page = await studio.open("/analytics");
  await page.getByRole("button", { name: "7 days" }).click();
  await page.getByRole("button", { name: "7 days", pressed: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("days")).toBe("7");
  await page.getByRole("button", { name: /^Days: / }).click();
  await page.getByRole("button", { name: "Yesterday" }).click();
  await page.getByRole("button", { name: "7 days", pressed: false }).waitFor();
  expect(new URL(page.url()).searchParams.get("from")).toBe(dayBefore(1));
  await page.goBack();
  await page.getByRole("button", { name: "7 days", pressed: true }).waitFor();
});

test("the runway is the API's, with its method and its picture", async () => {
  const { body } = await studio.runtime.get("/api/billing/usage?group_by=component");
  const days = Math.floor(body.burn.runway_hours / 24);
  expect(days).toBeGreaterThan(2);
  const page = await studio.open("/analytics");
  const card = page.getByRole("region", { name: "Runway" });
  await card.getByText("days left").waitFor();
  // The rate is an average up to the moment of asking.
  const text = await card.locator("p").filter({ hasText: "days left" }).innerText();
  const shown = Number.parseInt(text.replaceAll(",", ""), 10);
  expect(Math.abs(shown - days)).toBeLessThanOrEqual(1);
  await card.getByText("average use since the first usage of the last 7 days").waitFor();
  await card.getByRole("img", { name: /The balance of the last 28 days/ }).waitFor();
});

test("without usage every number says so, and a failed reading can be tried again", async () => {
  const page = await (await studio.context("member")).newPage();
  const none = { amount: 0, per_day: 0, runway_hours: null };
  await changeAnswer(page, USAGE, (answer) => ({ ...answer, data: [], burn: { ...none } }));
  await page.goto("/analytics");
  await page.getByText("No recent usage").waitFor();
  await page.getByText("No calls in this period").waitFor();
  await expect.poll(() => page.getByText("No usage in this period", { exact: true }).count()).toBe(3);
  await page.unroute(USAGE);
  await failAnswer(page, USAGE);
  await page.reload();
  const alert = page.getByRole("alert").filter({ hasText: "Failed to load usage" });
  await alert.waitFor();
  await page.unroute(USAGE);
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("table", { name: "By architecture" }).waitFor();
});

test("axe finds nothing in picture and table, and nothing scrolls sideways on a phone", async () => {
  const page = await studio.open("/analytics?days=7");
  await page.getByRole("img", { name: /The balance of/ }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.setViewportSize(PHONE);
  await page.getByRole("button", { name: "View as table" }).click();
  await spendTable(page).waitFor();
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(await violationsOf(page, ["light"])).toEqual([]);
});
