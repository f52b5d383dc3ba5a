import { useState } from "react";
import type { HistoryPage, HistoryQuery } from "../../api/queries.ts";

interface SteadyPage {
  /** The page to show: as it was when reading began. */
  page: HistoryPage | undefined;
  /** Transactions that came in since, and wait. */
  waiting: number;
}

/** Keeps the rows that are being read where they are: what comes in meanwhile is counted and not shown.
 *  @param page the newest known; undefined while it is loading. */
export function useSteadyPage(
  page: HistoryPage | undefined,
  query: HistoryQuery,
  isHeld: boolean,
): SteadyPage {
  const [held, setHeld] = useState<{ key: string; page: HistoryPage } | null>(null);
  const key = `${query.type} ${query.limit} ${query.page}`;
  if (!isHeld && held !== null) setHeld(null);
  if (isHeld && page !== undefined && held?.key !== key) setHeld({ key, page });
  if (page === undefined || !isHeld || held === null || held.key !== key) return { page, waiting: 0 };
  // The pager goes by what there is now; a page that was the last may have got a next one.
  return {
    page: { ...held.page, total: page.total },
    waiting: Math.max(0, page.total - held.page.total),
  };
}
