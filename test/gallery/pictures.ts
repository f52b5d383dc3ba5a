import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Locator, Page } from "playwright-core";
import { withPalette } from "./small-png.ts";

const FOLDER = resolve(process.env.AIRTIME_GALLERY_DIR ?? "docs/screens");

/** Writes a picture of a page, or of a part of it, to docs/screens. Motion has ended before it is taken. */
export async function picture(subject: Page | Locator, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const page = "page" in subject ? subject.page() : subject;
  await page.evaluate("document.fonts.ready");
  const png = await subject.screenshot({ animations: "disabled", caret: "hide" });
  writeFileSync(`${FOLDER}/${name}.png`, withPalette(png));
}
