import { type Architecture, SESSION_STATUSES, type SessionStatus } from "../../api/records.ts";

export interface CallLogsSearch {
  status?: SessionStatus | undefined;
  architecture?: Architecture | undefined;
  page?: number | undefined;
  limit?: number | undefined;
  /** Part of an id or agent to look for. */
  search?: string | undefined;
  session?: string | undefined;
}

const ARCHITECTURES: Architecture[] = ["pipeline", "realtime", "text", "api"];
export const CALL_PAGE_SIZES = [10, 25, 50, 100];

/** Reads the URL of Call Logs; what is not valid counts as absent. */
export function parseCallLogsSearch(search: Record<string, unknown>): CallLogsSearch {
  const page = Number(search.page);
  return {
    status: SESSION_STATUSES.find((status) => status === search.status),
    architecture: ARCHITECTURES.find((architecture) => architecture === search.architecture),
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    limit: CALL_PAGE_SIZES.find((size) => size === Number(search.limit)),
    search:
      typeof search.search === "string" && search.search !== "" ? search.search.slice(0, 255) : undefined,
    session: typeof search.session === "string" ? search.session : undefined,
  };
}
