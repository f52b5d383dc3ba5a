import { type DayRange, parseDayRange } from "../../ui/day-range.ts";

/** What of the audit log lives in its URL. Days are the viewer's. */
export interface AuditSearch extends DayRange {
  action?: string | undefined;
  /** The id of a person or key. */
  actor?: string | undefined;
  page?: number | undefined;
}

export const AUDIT_PAGE_SIZE = 50;

/** Reads the URL of the audit log; what is not valid counts as absent. */
export function parseAuditSearch(search: Record<string, unknown>): AuditSearch {
  const page = Number(search.page);
  return {
    action:
      typeof search.action === "string" && /^[a-z_]{1,64}$/.test(search.action) ? search.action : undefined,
    actor: typeof search.actor === "string" && search.actor !== "" ? search.actor.slice(0, 255) : undefined,
    ...parseDayRange(search),
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
  };
}
