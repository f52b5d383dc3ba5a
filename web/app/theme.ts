import { useSyncExternalStore } from "react";

export type ThemeChoice = "light" | "dark" | "system";

/** Also read by public/before-paint.js before the first paint. */
const STORAGE_KEY = "airtime-theme";
const CHANGED = "airtime:theme";

/** Whether the page is dark now, and the choice behind it: the system decides until told otherwise. */
export function useTheme(): { dark: boolean; choice: ThemeChoice } {
  const dark = useSyncExternalStore(subscribe, isDark);
  const choice = useSyncExternalStore(subscribe, readChoice);
  return { dark, choice };
}

/** Sets and remembers the choice, in all tabs. */
export function chooseTheme(choice: ThemeChoice): void {
  if (choice === "system") localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, choice);
  applyTheme();
}

function isDark(): boolean {
  const choice = readChoice();
  return choice === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : choice === "dark";
}

function readChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORAGE_KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function applyTheme(): void {
  document.documentElement.classList.toggle("dark", isDark());
  dispatchEvent(new Event(CHANGED));
}

function subscribe(changed: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", applyTheme);
  addEventListener("storage", applyTheme);
  addEventListener(CHANGED, changed);
  return () => {
    system.removeEventListener("change", applyTheme);
    removeEventListener("storage", applyTheme);
    removeEventListener(CHANGED, changed);
  };
}
