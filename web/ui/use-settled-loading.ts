import { useEffect, useState } from "react";

const SHOW_AFTER_MS = 150;
const KEEP_MS = 300;

/** Whether to show placeholders: only once loading took 150 ms, then for at least 300 ms, so that nothing flashes. */
export function useSettledLoading(loading: boolean): boolean {
  const [shownAtMs, setShownAtMs] = useState<number | null>(null);
  useEffect(() => {
    if (loading && shownAtMs === null) {
      const timer = setTimeout(() => setShownAtMs(Date.now()), SHOW_AFTER_MS);
      return () => clearTimeout(timer);
    }
    if (!loading && shownAtMs !== null) {
      const timer = setTimeout(() => setShownAtMs(null), Math.max(0, KEEP_MS - (Date.now() - shownAtMs)));
      return () => clearTimeout(timer);
    }
  }, [loading, shownAtMs]);
  return shownAtMs !== null;
}
