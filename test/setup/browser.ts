import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { type FoundBrowser, unpackBundledChromium } from "./bundled-chromium.ts";

/** A real headless browser, whatever the machine has: PLAYWRIGHT_CHROMIUM_PATH, an installed Chrome or Chromium,
 *  Playwright's cache, else the one that npm brings for linux-x64. Throws, and skips nothing, when there is none. */
export async function launchBrowser(found: FoundBrowser = findBrowser()): Promise<Browser> {
  // Its profile and sockets go where nobody else's are, and away with it.
  const temporary = mkdtempSync(join(tmpdir(), "airtime-browser-"));
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    headless: true,
    args: [
      ...["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
      ...["--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none"],
      // Chromium refuses to sandbox root's processes, and containers often forbid what the sandbox needs.
      ...["--no-sandbox", "--no-zygote"],
    ],
    env: { ...process.env, ...found.environment, TMPDIR: temporary },
  });
  browser.on("disconnected", () => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }));
  return browser;
}

function findBrowser(): FoundBrowser {
  const named = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`PLAYWRIGHT_CHROMIUM_PATH names ${named}, which does not exist.`);
    return { executablePath: named, environment: {} };
  }
  const installed = [...installedBrowsers(), ...playwrightBrowsers()].find(existsSync);
  if (installed !== undefined) return { executablePath: installed, environment: {} };
  if (process.platform === "linux" && process.arch === "x64") return unpackBundledChromium();
  throw new Error(
    `No Chrome or Chromium was found on this ${process.platform}-${process.arch}. Install one, or set ` +
      `PLAYWRIGHT_CHROMIUM_PATH.`,
  );
}

function installedBrowsers(): string[] {
  const names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const applications = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ];
  return [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...applications];
}

function playwrightBrowsers(): string[] {
  const usual = process.platform === "darwin" ? "Library/Caches/ms-playwright" : ".cache/ms-playwright";
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), usual);
  if (!existsSync(cache)) return [];
  const inside = [
    "chrome-linux/chrome",
    "chrome-linux64/chrome",
    "chrome-linux/headless_shell",
    "chrome-headless-shell-linux64/chrome-headless-shell",
    "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
  ];
  return readdirSync(cache)
    .filter((name) => name.startsWith("chromium"))
    .flatMap((name) => inside.map((path) => join(cache, name, path)));
}
