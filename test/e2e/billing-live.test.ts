import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { changeSessions } from "./page-states.ts";
import { PHONE, type Studio, startStudio } from "./studio.ts";

let studio: Studio;
let calls = 0;

beforeAll(async () => {
  studio = await startStudio();
});
afterEach(() => studio.closePages());
afterAll(() => studio.stop());

/** A call of 3.5 minutes, charged at once; the description of its row. */
async function charge(): Promise<string> {
  calls += 1;
  const agent_id = `agent_live${calls}`;
  const event = { event_id: `live-${calls}`, agent_id, architecture: "pipeline", duration_seconds: 210 };
  const { status } = await studio.runtime.post("/api/billing/usage", event);
  expect(status).toBe(201);
  return `Voice call session - ${agent_id} - 3.5 min`;
}

async function untilLive(page: Page): Promise<void> {
  await liveStatus(page, "Live").waitFor();
  await page.getByText("Showing").waitFor();
  await page.getByTestId("balance").waitFor();
}

/** The header has the status twice, one of them for phones. */
const liveStatus = (page: Page, word: string) =>
  page.getByText(word, { exact: true }).filter({ visible: true });

/** Keeps the types of the events that the page tells of its news by. */
const KEEP_EVENTS = `globalThis.seen = [];
addEventListener("billingUpdated", (event) => seen.push(event.detail.type));`;

const toasts = (page: Page) => page.locator("[data-sonner-toast]");

describe("five tabs of one browser", () => {
  test("listen by one stream, all show what comes in, and one of them says it", async () => {
    const context = await studio.context("owner");
    const pages: Page[] = [];
    let streams = 0;
    for (let tab = 0; tab < 5; tab++) {
      const page = await context.newPage();
      page.on("websocket", () => (streams += 1));
      await page.addInitScript(KEEP_EVENTS);
      await page.goto("/billing");
      await untilLive(page);
      pages.push(page);
    }
    const row = await charge();
    for (const page of pages) await page.getByText(row).waitFor();
    expect(streams).toBe(1);
    const said = pages.map((page) => toasts(page).filter({ hasText: "Voice call session" }));
    const shown = async () => (await Promise.all(said.map((toast) => toast.count()))).reduce((a, b) => a + b);
    await expect.poll(shown).toBe(1);
    for (const page of pages) expect(await page.evaluate("seen")).toEqual(["credit_consumed"]);
  });

  test("go on when the one that listens is closed", async () => {
    const context = await studio.context("owner");
    const [first, second] = [await context.newPage(), await context.newPage()];
    await first.goto("/billing");
    await untilLive(first);
    await second.goto("/billing");
    await untilLive(second);
    const stream = second.waitForEvent("websocket");
    await first.close();
    await stream;
    await untilLive(second);
    await second.getByText(await charge()).waitFor();
  });
});

describe("what is being read", () => {
  test.each([
    ["desktop", {}],
    ["phone", { viewport: PHONE, isMobile: true, hasTouch: true }],
  ] as const)("stays where it is when the reader has scrolled, on a %s", async (_, device) => {
    const page = await studio.open("/billing", device);
    await untilLive(page);
    const fifth = page.locator("tbody tr, main ul[aria-label='Transaction History'] li").nth(25);
    await fifth.scrollIntoViewIfNeeded();
    await page.mouse.move(5, 300);
    const read = await fifth.innerText();
    const place = (await fifth.boundingBox())?.y;
    const rows = [await charge(), await charge()];
    const pill = page.getByRole("link", { name: "2 new transactions" });
    await pill.waitFor();
    expect(await fifth.innerText()).toBe(read);
    expect((await fifth.boundingBox())?.y).toBe(place);
    await pill.click();
    for (const row of rows) await page.getByText(textOn(device, row)).first().waitFor();
    await pill.waitFor({ state: "detached" });
  });

  test("stays on a later page, whose pill leads to page 1", async () => {
    const page = await studio.open("/billing?limit=10&page=2");
    await untilLive(page);
    const first = page.locator("tbody tr").first();
    const read = await first.innerText();
    const row = await charge();
    await page.getByRole("link", { name: "1 new transaction" }).click();
    await page.getByText(row).waitFor();
    expect(new URL(page.url()).searchParams.has("page")).toBe(false);
    expect(await first.innerText()).not.toBe(read);
  });
});

/** On phones the description is broken after its first part. */
function textOn(device: object, description: string): string {
  return "viewport" in device ? description.split(" - ").slice(1).join(" - ") : description;
}

test("without a network the page says so, and has what it missed when it is back", async () => {
  const context = await studio.context("owner");
  const page = await context.newPage();
  const toaster = page.waitForResponse(/\/assets\/toaster-/);
  await page.goto("/billing");
  await untilLive(page);
  await (await toaster).finished();
  await context.setOffline(true);
  await liveStatus(page, "Reconnecting").waitFor();
  await toasts(page).filter({ hasText: "Live updates paused" }).waitFor();
  const row = await charge();
  await context.setOffline(false);
  await untilLive(page);
  await page.getByText(row).waitFor();
  await toasts(page).filter({ hasText: "Live updates paused" }).waitFor({ state: "detached" });
});

test("a part whose code can't be fetched leaves a page that can be loaded again", async () => {
  const context = await studio.context("owner");
  const page = await context.newPage();
  await page.goto("/billing");
  await untilLive(page);
  await page.route("**/assets/detail-panel-*", (route) => route.abort());
  await page
    .getByRole("link", { name: /session/ })
    .first()
    .click();
  await page.getByRole("heading", { name: "This page could not be shown" }).waitFor();
  await page.unrouteAll();
  await page.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("dialog").getByText("Balance before").waitFor();
});

const ROLLING = `getComputedStyle(document.querySelector("[data-testid=balance] .digit-roll")).animationName`;

describe("motion", () => {
  test.each([
    ["no-preference", "digit-roll"],
    ["reduce", "none"],
  ] as const)("of the balance, where the system asks for %s: %s", async (reducedMotion, animation) => {
    const page = await studio.open("/billing", { reducedMotion });
    await untilLive(page);
    await charge();
    await page.getByTestId("balance").locator(".digit-roll").first().waitFor();
    expect(await page.evaluate(ROLLING)).toBe(animation);
  });
});

test("what passes is announced in one polite region, not toast by toast", async () => {
  const page = await studio.open();
  await untilLive(page);
  const region = page.locator("p[role=status].sr-only");
  expect(await region.innerText()).toBe("");
  await charge();
  await expect.poll(() => region.innerText()).toMatch(/^Voice call session -\$0\.2555 · balance \$/);
  await toasts(page).first().waitFor();
  expect(await page.locator("section[aria-live]").getAttribute("aria-live")).toBe("off");
});

describe("running now", () => {
  beforeAll(async () => {
    for (const agent of ["Front desk", "Night line", "Claims"]) {
      const session_id = `running-${agent}`;
      const call = {
        session_id,
        agent_id: `agent_${agent.length}`,
        agent_name: agent,
        architecture: "pipeline",
      };
      await studio.runtime.post("/api/billing/sessions", call);
    }
  });

  test("the cost of a call ticks between two reports", async () => {
    const page = await studio.open();
    const cost = page.getByLabel("Running now").getByRole("listitem").first().locator("dd").nth(1);
    const before = await cost.innerText();
    await expect.poll(() => cost.innerText()).not.toBe(before);
  });

  test("a final grant is amber and counts down, a stale call is gray and says since when", async () => {
    const page = await studio.context("owner").then((context) => context.newPage());
    await changeSessions(page, (session, place) => {
      if (place === 0) return { ...session, grant: { ...Reflect.get(session, "grant"), final: true } };
      return place === 1 ? { ...session, status: "stale" } : session;
    });
    await page.goto("/billing");
    const strip = page.getByLabel("Running now");
    await strip.getByText("Final grant").waitFor();
    expect(await strip.getByText("Final grant").getAttribute("class")).toContain("bg-warning-weak");
    expect(await strip.getByText("Stale").getAttribute("class")).toContain("bg-neutral-weak");
    const text = await strip.innerText();
    expect(text).toContain("Ends in");
    expect(text).toContain("Since last report");
    expect(text).toContain("Left at this balance");
  });
});
