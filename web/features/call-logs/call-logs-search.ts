import { type Architecture, SESSION_STATUSES, type SessionStatus } from "../../api/records.ts";
import { type DayRange, parseDayRange } from "../../ui/day-range.ts";

/** What of Call Logs lives in its URL. Days are the viewer's. */
export interface CallLogsSearch extends DayRange {
  status?: SessionStatus | undefined;
  architecture?: Architecture | undefined;
  agent?: string | undefined;
  page?: number | undefined;
  limit?: number | undefined;
  /** Part of an id or agent to look for. */
  search?: string | undefined;
  session?: string | undefined;
}

const ARCHITECTURES: Architecture[] = ["pipeline", "realtime", "text", "api"];
export const CALL_PAGE_SIZES = [10, 25, 50, 100];
export const CALL_PAGE_SIZE = 25;

/** Reads the URL of Call Logs; what is not valid counts as absent. */
export function parseCallLogsSearch(search: Record<string, unknown>): CallLogsSearch {
  const page = Number(search.page);
  const limit = CALL_PAGE_SIZES.find((size) => size === Number(search.limit));
  return {
    status: SESSION_STATUSES.find((status) => status === search.status),
    architecture: ARCHITECTURES.find((architecture) => architecture === search.architecture),
    agent: textIn(search.agent),
    ...parseDayRange(search),
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    limit: limit === CALL_PAGE_SIZE ? undefined : limit,
    search: textIn(search.search),
    session: textIn(search.session),
  };
}

/** An id that looks like a number arrives as one. */
function textIn(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text.slice(0, 255) : undefined;
}

/** Whether anything but the state narrows the list. */
export function isFiltered({ architecture, agent, from, to, search }: CallLogsSearch): boolean {
  return [architecture, agent, from, to, search].some((value) => value !== undefined);
}
