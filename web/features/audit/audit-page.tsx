import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { localInstants } from "../../ui/day-range.ts";
import { DownloadLink } from "../../ui/download-link.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { Pagination } from "../../ui/pagination.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { AuditFilters } from "./audit-filters.tsx";
import { AuditRow } from "./audit-row.tsx";
import { AUDIT_PAGE_SIZE, type AuditSearch, parseAuditSearch } from "./audit-search.ts";

/** Who looked at billing and who changed what, for the Owner. */
export function AuditPage() {
  const { role } = useOrganization();
  usePageTitle("Audit log");
  if (role === "owner") return <AuditLog />;
  return (
    <Card title="Audit log">
      <p className="border-t border-edge px-5 py-10 text-center text-ink-2">
        Only the Owner reads the audit log: it tells who looked at what, and from where.
      </p>
    </Card>
  );
}

function AuditLog() {
  const { id } = useOrganization();
  const navigate = useNavigate();
  const search = parseAuditSearch(useSearch({ strict: false }));
  const log = useQuery(auditQuery(id, search));
  const change = (next: AuditSearch) =>
    void navigate({
      to: "/settings/audit",
      search: (now: object) => parseAuditSearch({ ...now, page: undefined, ...next }),
      resetScroll: false,
    });
  return (
    <Card
      title="Audit log"
      subtitle="Every change, and reads counted by the hour. Rows are chained: none can be changed unseen."
      actions={<DownloadLink href={exportAddress(id, search)}>Export</DownloadLink>}
    >
      <AuditFilters search={search} onChange={change} />
      <ListState
        pending={log.isPending}
        failed={log.isError && log.data === undefined}
        empty={false}
        noun="the audit log"
        emptyText=""
        onRetry={() => void log.refetch()}
      />
      {log.data?.data.length === 0 && (
        <div className="flex flex-col items-center gap-4 border-t border-edge px-5 py-12 text-center">
          <p className="text-ink-2">Nothing was recorded that matches.</p>
          <Button size="small" onClick={() => change(EVERYTHING)}>
            Show everything
          </Button>
        </div>
      )}
      {log.data && log.data.data.length > 0 && (
        <>
          <ul aria-label="Audit log" aria-busy={log.isFetching} className="border-t border-edge">
            {log.data.data.map((event) => (
              <AuditRow key={event.id} event={event} />
            ))}
          </ul>
          <Pagination page={search.page ?? 1} limit={AUDIT_PAGE_SIZE} total={log.data.total} noun="entries" />
        </>
      )}
    </Card>
  );
}

const EVERYTHING: AuditSearch = { action: undefined, actor: undefined, from: undefined, to: undefined };

function filterOf(organization_id: string, { action, actor, from, to }: AuditSearch) {
  return { organization_id, action, actor_id: actor, ...localInstants({ from, to }) };
}

function auditQuery(organizationId: string, search: AuditSearch) {
  const query = {
    ...filterOf(organizationId, search),
    limit: String(AUDIT_PAGE_SIZE),
    offset: String(((search.page ?? 1) - 1) * AUDIT_PAGE_SIZE),
  };
  return queryOptions({
    queryKey: ["audit", query],
    queryFn: ({ signal }) => call("GET /api/billing/audit", { query, signal }),
    placeholderData: keepPreviousData,
  });
}

function exportAddress(organizationId: string, search: AuditSearch): string {
  const query = Object.entries({ ...filterOf(organizationId, search), format: "csv" }).flatMap(
    ([name, value]) => (value === undefined ? [] : [[name, value]]),
  );
  return `/api/billing/audit/export?${new URLSearchParams(query)}`;
}
