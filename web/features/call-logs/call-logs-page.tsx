import { useNavigate, useSearch } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { lazy, Suspense } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { Button } from "../../ui/button.tsx";
import { localInstants } from "../../ui/day-range.ts";
import { DownloadLink } from "../../ui/download-link.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { LiveStatus } from "../live/live-status.tsx";
import { useCallLogs } from "./call-logs-data.ts";
import { type CallLogsSearch, parseCallLogsSearch } from "./call-logs-search.ts";
import { CallLogsToolbar } from "./call-logs-toolbar.tsx";
import { SessionList } from "./session-list.tsx";

const DetailPanel = lazy(() => import("../detail/detail-panel.tsx"));

/** Every call, chat and API job, with what it cost. */
export function CallLogsPage() {
  const { id } = useOrganization();
  const navigate = useNavigate();
  const search = parseCallLogsSearch(useSearch({ strict: false }));
  const { sessions, counts, refresh } = useCallLogs(search);
  usePageTitle("Call Logs");
  const change = (next: CallLogsSearch) =>
    void navigate({
      to: "/call-logs",
      search: (now: object) => parseCallLogsSearch({ ...now, ...next }),
      resetScroll: false,
    });
  const exported = new URLSearchParams({
    format: "csv",
    type: "consumption",
    organization_id: id,
    ...localInstants(search),
  });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Call Logs"
        subtitle="Every call, chat and API job, with what it cost"
        status={<LiveStatus />}
        actions={
          <>
            <DownloadLink href={`/api/billing/export?${exported}`}>Export</DownloadLink>
            <Button icon={RefreshCw} busy={sessions.isFetching} onClick={refresh} className="max-md:flex-1">
              Refresh
            </Button>
          </>
        }
      />
      <section
        aria-label="Sessions"
        aria-busy={sessions.isFetching}
        className="rounded-2xl border border-edge bg-surface shadow-panel"
      >
        <CallLogsToolbar search={search} counts={counts.data} onChange={change} />
        <SessionList search={search} sessions={sessions} onChange={change} />
      </section>
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
