import { Button } from "../../ui/button.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { Pagination } from "../../ui/pagination.tsx";
import { Select } from "../../ui/select.tsx";
import type { useCallLogs } from "./call-logs-data.ts";
import { CALL_PAGE_SIZE, CALL_PAGE_SIZES, type CallLogsSearch, isFiltered } from "./call-logs-search.ts";
import { CallRows } from "./call-rows.tsx";

interface SessionListProps {
  search: CallLogsSearch;
  sessions: ReturnType<typeof useCallLogs>["sessions"];
  onChange(next: CallLogsSearch): void;
}

/** A page of sessions, or what stands in its place. */
export function SessionList({ search, sessions, onChange }: SessionListProps) {
  const { page = 1, limit = CALL_PAGE_SIZE } = search;
  const { data } = sessions;
  const rows = data?.data ?? [];
  return (
    <>
      <ListState
        pending={sessions.isPending}
        failed={sessions.isError && data === undefined}
        empty={false}
        noun="sessions"
        emptyText=""
        onRetry={() => void sessions.refetch()}
      />
      {data && rows.length === 0 && <NoSessions search={search} onChange={onChange} />}
      {data && rows.length > 0 && (
        <>
          <CallRows sessions={rows} />
          <Pagination
            page={page}
            limit={limit}
            total={data.total}
            isExact={data.total_is_exact}
            noun="sessions"
          >
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
    </>
  );
}

const NOTHING: CallLogsSearch = {
  status: undefined,
  architecture: undefined,
  agent: undefined,
  from: undefined,
  to: undefined,
  search: undefined,
  page: undefined,
};

/** Why there is nothing to see, and the way to where there is. */
function NoSessions({ search, onChange }: Omit<SessionListProps, "sessions">) {
  const narrowed = isFiltered(search) || search.status !== undefined;
  const beyond = search.page !== undefined;
  const text = beyond
    ? "There is nothing on this page."
    : narrowed
      ? "No sessions match these filters."
      : "No calls yet. They appear here as they start.";
  return (
    <div className="flex flex-col items-center gap-4 border-t border-edge px-5 py-12 text-center">
      <p className="text-ink-2">{text}</p>
      {(beyond || narrowed) && (
        <Button size="small" onClick={() => onChange(beyond ? { page: undefined } : NOTHING)}>
          {beyond ? "Go to page 1" : "Show all sessions"}
        </Button>
      )}
    </div>
  );
}
