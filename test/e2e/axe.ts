import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What axe finds wrong with a page, in short: in light, and in the dark, where only the colors differ. */
export async function violationsOf(
  page: Page,
  schemes: readonly ("light" | "dark")[] = ["light", "dark"],
): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.locator("html.dark").waitFor({ state: colorScheme === "dark" ? "attached" : "detached" });
    // A color on its way from light to dark has the contrast of neither.
    await expect.poll(() => page.evaluate(TRANSITIONS)).toBe(0);
    const axe = new AxeBuilder({ page }).options({ rules: { "target-size": { enabled: true } } });
    const { violations } = await (colorScheme === "dark" ? axe.withRules("color-contrast") : axe).analyze();
    found.push(...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes[0]?.html}`));
  }
  return found;
}

const TRANSITIONS = "document.getAnimations().filter((one) => one instanceof CSSTransition).length";

/** By how much a page is wider than its window. */
export async function overflowOf(page: Page): Promise<number> {
  return Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
}
