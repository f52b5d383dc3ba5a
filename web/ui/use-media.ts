import { useSyncExternalStore } from "react";

/** Whether a media query matches now; follows changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}

export const PHONE = "(width < 768px)";
export const STILL = "(prefers-reduced-motion: reduce)";
