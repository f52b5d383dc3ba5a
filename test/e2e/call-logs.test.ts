import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { overflowOf, violationsOf } from "./axe.ts";
import { changeAnswer, failAnswer, holdAnswers } from "./page-states.ts";
import { PHONE, type Studio, startStudio } from "./studio.ts";

let studio: Studio;

beforeAll(async () => {
  studio = await startStudio();
  for (const [id, agent] of [
    ["find-1", "agent_findable"],
    ["find-2", "agent_findable"],
    ["find-3", "agent_other"],
  ]) {
    const call = {
      session_id: id,
      agent_id: agent,
      agent_name: `Name of ${agent}`,
      architecture: "realtime",
    };
    expect((await studio.runtime.post("/api/billing/sessions", call)).status).toBe(201);
  }
  await studio.runtime.post("/api/billing/sessions/find-1/end", { duration_seconds: 60 });
  await studio.runtime.post("/api/billing/sessions/find-2/cancel", {});
});
afterEach(() => studio.closePages());
afterAll(() => studio.stop());

const rowsOf = (page: Page) => page.getByRole("table", { name: "Sessions" }).locator("tbody tr");
const stateOf = (page: Page, name: string) =>
  page.getByRole("group", { name: "Filter by status" }).getByRole("button", { name });

async function choose(page: Page, filter: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: filter }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

test("the states say how many sessions are in each, as the API does, also under a filter", async () => {
  const page = await studio.open("/call-logs");
  const { body } = await studio.runtime.get("/api/billing/session-counts");
  const { active, settled, cancelled, stale } = body.data;
  const all = active + settled + cancelled + stale;
  await stateOf(page, `All ${all}`).waitFor();
  for (const name of [`Active ${active}`, `Settled ${settled}`, `Cancelled ${cancelled}`, `Stale ${stale}`])
    await stateOf(page, name).waitFor();
  await page.goto("/call-logs?agent=agent_findable");
  for (const name of ["All 2", "Active 0", "Settled 1", "Cancelled 1"]) await stateOf(page, name).waitFor();
});

test("agent, architecture and state narrow the list, live in the address, and go back to page 1", async () => {
  const page = await studio.open("/call-logs?page=2&limit=10");
  await page.getByText(/Showing 11 to 20/).waitFor();
  await choose(page, "Filter by architecture", "Realtime");
  await page.getByText(/Showing 1 to 10/).waitFor();
  await choose(page, "Filter by agent", "Name of agent_findable");
  await page.getByText("Showing 1 to 2 of 2 sessions").waitFor();
  await stateOf(page, "Cancelled").click();
  await page.getByText("Showing 1 to 1 of 1 sessions").waitFor();
  const address = new URL(page.url()).searchParams;
  expect(Object.fromEntries(address)).toMatchObject({
    agent: "agent_findable",
    architecture: "realtime",
    status: "cancelled",
  });
  expect(address.has("page")).toBe(false);
  await page.goBack();
  await page.getByText("Showing 1 to 2 of 2 sessions").waitFor();
  await page.reload();
  await page.getByText("Showing 1 to 2 of 2 sessions").waitFor();
});

test("a slash goes to the search, which finds a session's id and a part of an agent's", async () => {
  const page = await studio.open("/call-logs");
  await rowsOf(page).first().waitFor();
  await page.keyboard.press("/");
  const search = page.getByRole("searchbox", { name: "Search sessions" });
  await page.locator("input[type=search]:focus").waitFor();
  await page.keyboard.type("find-3");
  await page.keyboard.press("Enter");
  await page.getByText("Showing 1 to 1 of 1 sessions").waitFor();
  expect(await rowsOf(page).innerText()).toContain("agent_other");
  await search.fill("FINDABLE");
  await page.keyboard.press("Enter");
  await page.getByText("Showing 1 to 2 of 2 sessions").waitFor();
});

test("days narrow the list to the calls that began on them, and a range that ends before it begins is refused", async () => {
  const page = await studio.open("/call-logs");
  await page.getByRole("button", { name: "Filter by day: Any time" }).click();
  await page.getByLabel("From").fill("2020-02-02");
  await page.getByLabel("To", { exact: true }).fill("2020-02-01");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("The first day comes after the last.").waitFor();
  await page.getByLabel("To", { exact: true }).fill("2020-02-03");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("No sessions match these filters.").waitFor();
  expect(new URL(page.url()).searchParams.get("to")).toBe("2020-02-03");
  await page.getByRole("button", { name: "Filter by day: Feb 2 to Feb 3, 2020" }).waitFor();
  await page.getByRole("button", { name: "Show all sessions" }).click();
  await rowsOf(page).first().waitFor();
});

test("a row opens by keys what the session came to, and Escape goes back to it", async () => {
  const page = await studio.open("/call-logs?search=find-1");
  const link = rowsOf(page).getByRole("link", { name: "Name of agent_findable" });
  await link.focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog");
  await panel.getByText("$0.1100").first().waitFor();
  expect(new URL(page.url()).searchParams.get("session")).toBe("find-1");
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  await page.locator("tbody a:focus").waitFor();
});

test("a call that ends is shown settled without a reload", async () => {
  const call = { session_id: "live-1", agent_id: "agent_live", architecture: "pipeline" };
  await studio.runtime.post("/api/billing/sessions", call);
  const page = await studio.open("/call-logs?agent=agent_live");
  await stateOf(page, "Active 1").waitFor();
  await studio.runtime.post("/api/billing/sessions/live-1/end", { duration_seconds: 210 });
  await stateOf(page, "Settled 1").waitFor();
  await expect.poll(() => rowsOf(page).innerText()).toContain("$0.2555");
});

test("loading, failing and an address beyond the last page each say so, and lead on", async () => {
  const page = await (await studio.context("member")).newPage();
  const letGo = await holdAnswers(page, "**/api/billing/sessions?*");
  await page.goto("/call-logs");
  await page.getByRole("status", { name: "Loading sessions" }).waitFor();
  letGo();
  await rowsOf(page).first().waitFor();
  await page.goto("/call-logs?page=900");
  await page.getByText("There is nothing on this page.").waitFor();
  await page.getByRole("button", { name: "Go to page 1" }).click();
  await page.getByText(/Showing 1 to 25/).waitFor();
  await failAnswer(page, "**/api/billing/sessions?*");
  await page.reload();
  const alert = page.getByRole("alert").filter({ hasText: "Failed to load sessions" });
  await alert.waitFor();
  await page.unroute("**/api/billing/sessions?*");
  await alert.getByRole("button", { name: "Try again" }).click();
  await rowsOf(page).first().waitFor();
});

test("more sessions than were counted are said to be more", async () => {
  const page = await (await studio.context("owner")).newPage();
  const beyond = { total: 10_000, total_is_exact: false };
  await changeAnswer(page, "**/api/billing/sessions?*", (answer) => ({ ...answer, ...beyond }));
  await page.goto("/call-logs");
  await page.getByText("Showing 1 to 25 of more than 10,000 sessions").waitFor();
});

test("axe finds nothing, with a list open, and nothing scrolls sideways on a phone", async () => {
  const page = await studio.open("/call-logs?limit=10");
  await rowsOf(page).first().waitFor();
  await page.getByRole("button", { name: "Filter by day: Any time" }).click();
  await page.getByLabel("From").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.setViewportSize(PHONE);
  await page.getByRole("list", { name: "Sessions" }).waitFor();
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(await violationsOf(page, ["light"])).toEqual([]);
});
