import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { request } from "../../api/http.ts";
import type { List, Session } from "../../api/records.ts";
import { Button } from "../../ui/button.tsx";
import { DownloadLink } from "../../ui/download-link.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Pagination } from "../../ui/pagination.tsx";
import { Select } from "../../ui/select.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { LiveStatus } from "../live/live-status.tsx";
import { CALL_PAGE_SIZES, type CallLogsSearch, parseCallLogsSearch } from "./call-logs-search.ts";
import { CallLogsToolbar } from "./call-logs-toolbar.tsx";
import { CallRows } from "./call-rows.tsx";

const DetailPanel = lazy(() => import("../detail/detail-panel.tsx"));
const REFRESH_MS = 15_000;
const LIMIT_DEFAULT = 25;

/** Every call, chat and API job, with what it cost. */
export function CallLogsPage() {
  const { id } = useOrganization();
  const navigate = useNavigate();
  const search = parseCallLogsSearch(useSearch({ strict: false }));
  const sessions = useSessions(search);
  const refresh = () => void sessions.refetch();
  usePageTitle("Call Logs");
  const change = (next: CallLogsSearch) =>
    navigate({
      to: "/call-logs",
      search: (now: object) => ({ ...parseCallLogsSearch({ ...now, ...next }) }),
      resetScroll: false,
    });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Call Logs"
        subtitle="Every call, chat and API job, with what it cost"
        status={<LiveStatus />}
        actions={
          <>
            <DownloadLink href={`/api/billing/export?format=csv&organization_id=${id}`}>Export</DownloadLink>
            <Button icon={RefreshCw} busy={sessions.isFetching} onClick={refresh} className="max-md:flex-1">
              Refresh
            </Button>
          </>
        }
      />
      <SessionList search={search} sessions={sessions} onChange={change} />
      {search.session && (
        <Suspense>
          <DetailPanel
            subject={{ kind: "session", id: search.session }}
            neighbours={sessions.data?.data.map((row) => row.id) ?? []}
            onStep={(session) => change({ session })}
            onClose={() => change({ session: undefined })}
          />
        </Suspense>
      )}
    </div>
  );
}

function useSessions(search: CallLogsSearch) {
  const { id } = useOrganization();
  const { status, architecture, search: text, page = 1, limit = LIMIT_DEFAULT } = search;
  const sessions = useQuery({
    queryKey: ["sessions", id, status, architecture, text, page, limit],
    queryFn: ({ signal }) => request<List<Session>>(sessionsPath(id, search, page, limit), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const { refetch } = sessions;
  useEffect(() => {
    const onShortcut = () => void refetch();
    addEventListener("airtime:refresh", onShortcut);
    return () => removeEventListener("airtime:refresh", onShortcut);
  }, [refetch]);
  return sessions;
}

interface SessionListProps {
  search: CallLogsSearch;
  sessions: ReturnType<typeof useSessions>;
  onChange(next: CallLogsSearch): void;
}

function SessionList({ search, sessions, onChange }: SessionListProps) {
  const { page = 1, limit = LIMIT_DEFAULT } = search;
  const rows = sessions.data?.data ?? [];
  const filtered = search.status || search.architecture || search.search;
  return (
    <section
      aria-label="Sessions"
      aria-busy={sessions.isFetching}
      className="rounded-2xl border border-edge bg-surface shadow-panel"
    >
      <CallLogsToolbar search={search} onChange={onChange} />
      <ListState
        pending={sessions.isPending}
        failed={sessions.isError && rows.length === 0}
        empty={rows.length === 0}
        noun="sessions"
        emptyText={
          filtered ? "No sessions match this filter." : "No calls yet. They appear here as they start."
        }
        onRetry={() => void sessions.refetch()}
      />
      {rows.length > 0 && (
        <>
          <CallRows sessions={rows} />
          <Pagination page={page} limit={limit} total={sessions.data?.total ?? 0} noun="sessions">
            <span className="flex items-center gap-2.5 text-ink-2">
              Show
              <Select
                label="Sessions per page"
                value={limit}
                options={CALL_PAGE_SIZES.map((size) => ({ value: size, text: String(size) }))}
                onChange={(size) => onChange({ limit: size, page: undefined })}
              />
              per page
            </span>
          </Pagination>
        </>
      )}
    </section>
  );
}

function sessionsPath(organizationId: string, search: CallLogsSearch, page: number, limit: number): string {
  const query = new URLSearchParams({
    organization_id: organizationId,
    limit: String(limit),
    offset: String((page - 1) * limit),
    ...(search.status ? { status: search.status } : {}),
    ...(search.search ? { search: search.search } : {}),
    ...(search.architecture ? { architecture: search.architecture } : {}),
  });
  return `/api/billing/sessions?${query}`;
}
