import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { request } from "../../api/http.ts";
import { summaryQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { classNames } from "../../ui/class-names.ts";
import { DownloadLink } from "../../ui/download-link.tsx";
import { formatCount, formatDollars, formatExact } from "../../ui/format-money.ts";
import { formatDay } from "../../ui/format-time.ts";
import { ListState } from "../../ui/list-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { AgentTable } from "./agent-table.tsx";
import { type AnalyticsSearch, PERIODS, parseAnalyticsSearch } from "./analytics-search.ts";
import { SpendChart, SpendTable } from "./spend-chart.tsx";
import {
  dailyAverage,
  type UsageDay,
  type UsageGroup,
  type UsageRow,
  usageDays,
  usageGroups,
} from "./usage-days.ts";

const DAY_MS = 86_400_000;

/** Spend by component, agent and day. */
export function AnalyticsPage() {
  const { id } = useOrganization();
  usePageTitle("Analytics");
  const { days: period = 30 } = parseAnalyticsSearch(useSearch({ strict: false }));
  const components = useUsage(period, "component");
  const agents = useUsage(period, "agent");
  const days = usageDays(components.data ?? [], period, Date.now());
  const groups = usageGroups(agents.data ?? []);
  const failed = components.isError || agents.isError;
  const pending = components.isPending || agents.isPending;
  const retry = () => void Promise.all([components.refetch(), agents.refetch()]);

  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Analytics"
        subtitle="Spend by component, agent and day"
        actions={
          <>
            <PeriodChoice period={period} />
            <DownloadLink
              href={`/api/billing/export?format=csv&organization_id=${id}&from=${periodStart(period)}`}
            >
              Export
            </DownloadLink>
          </>
        }
      />
      <Figures days={days} groups={groups} />
      <SpendCard days={days} pending={pending} failed={failed} onRetry={retry} />
      {!pending && !failed && <AgentTable groups={groups} />}
    </div>
  );
}

interface SpendCardProps {
  days: UsageDay[];
  pending: boolean;
  failed: boolean;
  onRetry(): void;
}

function SpendCard({ days, pending, failed, onRetry }: SpendCardProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      title="Spend by component"
      subtitle="Each bar is one day; times in UTC"
      actions={
        <Button size="small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? "View as chart" : "View as table"}
        </Button>
      }
    >
      <ListState
        pending={pending}
        failed={failed}
        empty={false}
        noun="usage"
        emptyText=""
        onRetry={onRetry}
      />
      {!pending && !failed && (asTable ? <SpendTable days={days} /> : <SpendChart days={days} />)}
    </Card>
  );
}

function useUsage(period: number, groupBy: "component" | "agent") {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["usage", id, period, groupBy],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({
        organization_id: id,
        from: periodStart(period),
        interval: "day",
        group_by: groupBy,
      });
      return request<{ data: UsageRow[] }>(`/api/billing/usage?${query}`, { signal }).then(
        (answer) => answer.data,
      );
    },
    staleTime: 60_000,
  });
}

/** Midnight UTC of the period's first day. */
function periodStart(period: number): string {
  return new Date((Math.floor(Date.now() / DAY_MS) - period + 1) * DAY_MS).toISOString();
}

function PeriodChoice({ period }: { period: number }) {
  const navigate = useNavigate();
  const choose = (days: (typeof PERIODS)[number]) =>
    navigate({ to: "/analytics", search: (now: AnalyticsSearch) => ({ ...now, days }) });
  return (
    <fieldset aria-label="Period" className="flex rounded-[10px] bg-neutral-weak p-1">
      {PERIODS.map((days) => (
        <button
          key={days}
          type="button"
          aria-pressed={days === period}
          onClick={() => void choose(days)}
          className={classNames(
            "h-8 rounded-lg px-3 text-[13.5px] font-medium max-md:h-11",
            days === period ? "bg-surface text-ink shadow-control" : "text-ink-2 hover:text-ink",
          )}
        >
          {days} days
        </button>
      ))}
    </fieldset>
  );
}

function Figures({ days, groups }: { days: UsageDay[]; groups: UsageGroup[] }) {
  const { id } = useOrganization();
  const { data: summary } = useQuery(summaryQuery(id));
  const spend = days.reduce((sum, day) => sum + day.total, 0);
  const average = dailyAverage(days);
  const voice = groups.filter((group) => group.durationSeconds > 0);
  const minutes = voice.reduce((sum, group) => sum + group.durationSeconds, 0) / 60;
  const calls = voice.reduce((sum, group) => sum + group.sessions, 0);
  const highest = days.reduce((best, day) => (day.total > best.total ? day : best));
  const daysLeft = average && summary ? Math.max(0, Math.floor(summary.balance / average)) : null;
  return (
    <dl className="grid grid-cols-2 gap-4 max-sm:gap-3 lg:grid-cols-4">
      <Figure
        name="Spend"
        value={formatDollars(spend)}
        caption={average === null ? "No recent usage" : `${formatDollars(average)} a day, last 7 days`}
      />
      <Figure name="Voice minutes" value={formatCount(minutes)} caption={`${formatCount(calls)} calls`} />
      <Figure
        name="Runway"
        value={daysLeft === null ? "–" : `${formatCount(daysLeft)} days`}
        caption={
          daysLeft === null
            ? "No recent usage"
            : `until ${formatDay(new Date(Date.now() + daysLeft * DAY_MS))}`
        }
      />
      <Figure
        name="Highest day"
        value={formatDollars(highest.total)}
        caption={highest.total > 0 ? formatDay(`${highest.date}T12:00:00`) : `Of ${formatExact(0)} in all`}
      />
    </dl>
  );
}

function Figure({ name, value, caption }: { name: string; value: string; caption: string }) {
  return (
    <div className="rounded-2xl border border-edge bg-surface px-5 py-4 shadow-panel max-sm:px-4">
      <dt className="text-[13.5px] font-medium text-ink-2">{name}</dt>
      <dd className="figures mt-1 text-[24px] leading-8 font-bold [--figure-tracking:-0.02em]">{value}</dd>
      <dd className="type-caption figures text-ink-3">{caption}</dd>
    </div>
  );
}
