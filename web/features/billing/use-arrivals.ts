import { useEffect, useState } from "react";

const TINT_MS = 4000;

/** Ids of transactions that came in live a moment ago: their rows are tinted, and the tint fades. */
export function useArrivals(): ReadonlySet<string> {
  const [arrivals, setArrivals] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const onNews = (event: Event) => {
      const id = event instanceof CustomEvent ? event.detail?.transaction?.id : undefined;
      if (typeof id !== "string") return;
      setArrivals((known) => new Set(known).add(id));
      const timer = setTimeout(() => {
        timers.delete(timer);
        setArrivals((known) => new Set([...known].filter((other) => other !== id)));
      }, TINT_MS);
      timers.add(timer);
    };
    addEventListener("billingUpdated", onNews);
    return () => {
      removeEventListener("billingUpdated", onNews);
      for (const timer of timers) clearTimeout(timer);
    };
  }, []);
  return arrivals;
}
