import type { Page, Route } from "playwright-core";

/** Puts a page into states that a demo is not in, by changing what it reads; everything else is the real thing. Call
 *  before the page is opened. */

/** The summary with other numbers in it. */
export function changeSummary(page: Page, change: object): Promise<void> {
  return changeAnswer(page, "**/api/billing/summary?*", (answer) => ({ ...answer, ...change }));
}

/** A history without transactions. */
export function emptyHistory(page: Page): Promise<void> {
  return changeAnswer(page, "**/api/billing/history?*", (answer) => ({ ...answer, data: [], total: 0 }));
}

/** A history that can't be read. */
export function failHistory(page: Page): Promise<void> {
  return failAnswer(page, "**/api/billing/history?*");
}

/** Something that can't be read. @param address a glob. */
export async function failAnswer(page: Page, address: string): Promise<void> {
  await page.route(address, (route) =>
    route.fulfill({
      status: 500,
      contentType: "application/problem+json",
      body: JSON.stringify({ success: false, code: "internal", title: "Internal error", status: 500 }),
    }),
  );
}

/** Holds back what the page reads until it is let go. @returns the way to let go. */
export async function holdAnswers(page: Page, address = "**/api/billing/**"): Promise<() => void> {
  let letGo = () => {};
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(address, async (route) => {
    await released;
    await route.fallback();
  });
  return letGo;
}

/** The sessions in an answer, changed one by one. */
export function changeSessions(
  page: Page,
  change: (session: object, place: number) => object,
): Promise<void> {
  return changeAnswer(page, "**/api/billing/sessions?*", (answer) => ({
    ...answer,
    data: Array.isArray(answer.data) ? answer.data.map(change) : [],
  }));
}

/** Whatever the page reads, changed. @param address a glob. */
export async function changeAnswer(
  page: Page,
  address: string,
  change: (answer: Record<string, unknown>) => object,
): Promise<void> {
  const answer = async (route: Route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json()) });
  };
  // Where the page went elsewhere meanwhile, nobody waits for the answer any more.
  await page.route(address, (route) => answer(route).catch(() => {}));
}
