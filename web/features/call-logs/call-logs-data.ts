import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import { localInstants } from "../../ui/day-range.ts";
import { CALL_PAGE_SIZE, type CallLogsSearch } from "./call-logs-search.ts";

const REFRESH_MS = 15_000;
/** News of many calls at once makes one reading. */
const NEWS_DELAY_MS = 1000;

/** The sessions that a URL asks for, and how many are in each state; read again soon after news. */
export function useCallLogs(search: CallLogsSearch) {
  const { id } = useOrganization();
  const sessions = useQuery(sessionsQuery(id, search));
  const counts = useQuery(countsQuery(id, search));
  const [rereadSessions, rereadCounts] = [sessions.refetch, counts.refetch];
  useEffect(() => {
    const reread = () => void Promise.all([rereadSessions(), rereadCounts()]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onNews = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reread();
      }, NEWS_DELAY_MS);
    };
    addEventListener("airtime:refresh", reread);
    addEventListener("billingUpdated", onNews);
    return () => {
      clearTimeout(timer);
      removeEventListener("airtime:refresh", reread);
      removeEventListener("billingUpdated", onNews);
    };
  }, [rereadSessions, rereadCounts]);
  return { sessions, counts, refresh: () => void Promise.all([rereadSessions(), rereadCounts()]) };
}

function sessionsQuery(organizationId: string, search: CallLogsSearch) {
  const { status, page = 1, limit = CALL_PAGE_SIZE } = search;
  const query = {
    ...filterOf(organizationId, search),
    status,
    limit: String(limit),
    offset: String((page - 1) * limit),
  };
  return queryOptions({
    queryKey: ["sessions", query],
    queryFn: ({ signal }) => call("GET /api/billing/sessions", { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}

function countsQuery(organizationId: string, search: CallLogsSearch) {
  const query = filterOf(organizationId, search);
  return queryOptions({
    queryKey: ["session-counts", query],
    queryFn: ({ signal }) => call("GET /api/billing/session-counts", { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}

function filterOf(organization_id: string, { agent, architecture, search, from, to }: CallLogsSearch) {
  return { organization_id, agent_id: agent, architecture, search, ...localInstants({ from, to }) };
}
