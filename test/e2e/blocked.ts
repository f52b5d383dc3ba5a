import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Expects that a button may not be used, can be reached nevertheless, and then says why. */
export async function expectBlocked(page: Page, name: string, reason: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true }).first();
  expect(await button.getAttribute("aria-disabled")).toBe("true");
  await button.focus();
  await page.getByRole("tooltip", { name: reason }).first().waitFor();
}
