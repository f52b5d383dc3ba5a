import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useOrganization } from "../../api/active-organization.ts";
import type { Statement } from "../../api/openapi.ts";
import { statementQuery } from "../../api/statement-queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { DownloadLink } from "../../ui/download-link.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { Money } from "../../ui/money.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { monthName, statementPdf } from "./month.ts";
import { StatementAgents, StatementEntries } from "./statement-tables.tsx";

/** One month: what there was, what came in, what was used and by whom, what is left. */
export function StatementPage() {
  const { id } = useOrganization();
  const { month = "" } = useParams({ strict: false });
  const statement = useQuery(statementQuery(id, month));
  usePageTitle(`Statement ${monthName(month)}`);
  return (
    <>
      <Link
        to="/settings/statements"
        className="inline-flex w-fit items-center gap-1 rounded-md font-[550] text-brand hover:underline max-md:min-h-11"
      >
        <ChevronLeft size={16} aria-hidden /> All statements
      </Link>
      <Card
        title={monthName(month)}
        subtitle="Calendar month in UTC; every amount counts when it was posted."
        actions={<DownloadLink href={statementPdf(id, month)}>Download PDF</DownloadLink>}
      >
        <ListState
          pending={statement.isPending}
          failed={statement.isError}
          empty={false}
          noun="the statement"
          emptyText=""
          onRetry={() => void statement.refetch()}
        />
        {statement.data && <Sums statement={statement.data} />}
      </Card>
      {statement.data && (
        <>
          <StatementAgents statement={statement.data} />
          <StatementEntries statement={statement.data} />
          <Seal statement={statement.data} />
        </>
      )}
    </>
  );
}

function Sums({ statement }: { statement: Statement }) {
  const { status, opening_balance, closing_balance, refunds, adjustments, expiries } = statement;
  const rare = [
    { name: "Refunds", amount: refunds },
    { name: "Adjustments", amount: adjustments },
    { name: "Expired", amount: expiries },
  ].filter(({ amount }) => amount !== 0);
  const lines = [
    { name: "Top-ups", amount: statement.top_ups },
    { name: "Usage", amount: statement.usage },
    ...rare,
  ];
  return (
    <dl className="border-t border-edge px-5 py-2 max-md:px-4">
      <Line name="Opening balance">
        <Money credits={opening_balance} />
      </Line>
      {lines.map(({ name, amount }) => (
        <Line key={name} name={name}>
          <span className={amount > 0 ? "text-success" : amount < 0 ? "text-danger" : "text-ink-2"}>
            <Money credits={amount} signed />
          </span>
        </Line>
      ))}
      <div className="flex items-center justify-between gap-4 py-3 text-[15px] font-semibold">
        <dt className="flex items-center gap-2">
          {status === "open" ? "Balance so far" : "Closing balance"}
          {status === "open" && <Badge tone="brand">Open</Badge>}
        </dt>
        <dd>
          <Money credits={closing_balance} />
        </dd>
      </div>
    </dl>
  );
}

function Line({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex justify-between gap-4 border-b border-hair py-2.5">
      <dt className="text-ink-2">{name}</dt>
      <dd className="font-[550]">{children}</dd>
    </div>
  );
}

/** What lets anybody prove the statement: the numbers it covers and the hash that vouches for all before. */
function Seal({ statement: { first_seq, last_seq, head_hash, signed_head } }: { statement: Statement }) {
  return (
    <p className="type-caption flex flex-wrap items-center gap-x-2 px-1 text-ink-3">
      {first_seq === null ? "Covers no transactions." : `Covers transactions ${first_seq} to ${last_seq}.`}{" "}
      Hash of the last one:
      <span className="inline-flex min-w-0 items-center gap-1">
        <code className="min-w-0 font-mono text-[12px] break-all">{head_hash}</code>
        <CopyButton text={head_hash} label="Copy the hash" />
      </span>
      {signed_head !== null && (
        <span className="inline-flex items-center gap-1">
          Signed: <CopyButton text={signed_head} label="Copy the signed end of the ledger" />
        </span>
      )}
    </p>
  );
}
