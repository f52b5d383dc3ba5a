import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useOrganization } from "../../api/active-organization.ts";
import { statementsQuery } from "../../api/statement-queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { DownloadLink } from "../../ui/download-link.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { monthName, statementPdf } from "./month.ts";

/** The months that have a statement. */
export function StatementsPage() {
  const { id } = useOrganization();
  const months = useQuery(statementsQuery(id));
  usePageTitle("Statements");
  const rows = months.data ?? [];
  return (
    <Card
      title="Monthly statements"
      subtitle="Opening balance, top-ups, usage by agent, closing balance. Months are UTC; a closed one never changes."
    >
      <ListState
        pending={months.isPending}
        failed={months.isError && months.data === undefined}
        empty={rows.length === 0}
        noun="statements"
        emptyText="No statements yet. The first one comes with the first transaction."
        onRetry={() => void months.refetch()}
      />
      <ul>
        {rows.map(({ month, status }) => (
          <li
            key={month}
            className="relative flex min-h-[60px] items-center gap-3 border-t border-hair px-5 py-2 first:border-edge hover:bg-hover has-[a[data-row]:focus-visible]:outline-2 has-[a[data-row]:focus-visible]:-outline-offset-2 has-[a[data-row]:focus-visible]:outline-focus max-md:px-4"
          >
            <div className="flex flex-1 flex-wrap items-center gap-x-3 gap-y-1">
              <Link
                to="/settings/statements/$month"
                params={{ month }}
                data-row
                className="font-[550] outline-none after:absolute after:inset-0"
              >
                {monthName(month)}
              </Link>
              {status === "open" && <Badge tone="brand">Open</Badge>}
            </div>
            <DownloadLink href={statementPdf(id, month)} label={`PDF of ${monthName(month)}`} size="small">
              PDF
            </DownloadLink>
          </li>
        ))}
      </ul>
    </Card>
  );
}
