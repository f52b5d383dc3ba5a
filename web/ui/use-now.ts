import { useEffect, useState } from "react";

/** The time by the given clock, in milliseconds, renewed each second while the tab can be seen. */
export function useNow(clock: () => number): number {
  const [nowMs, setNowMs] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") setNowMs(clock());
    }, 1000);
    return () => clearInterval(timer);
  }, [clock]);
  return nowMs;
}
