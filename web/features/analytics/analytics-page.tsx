import { useQueries } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { serverNowMs } from "../../api/server-clock.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { dayOf } from "../../ui/day-range.ts";
import { DownloadLink } from "../../ui/download-link.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Select } from "../../ui/select.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { usageQuery } from "./analytics-data.ts";
import { GROUPINGS, type Grouping, type Period, parseAnalyticsSearch, periodOf } from "./analytics-search.ts";
import { Figures } from "./figures.tsx";
import { PeriodChoice } from "./period-choice.tsx";
import { RunwayCard } from "./runway-card.tsx";
import { SpendChart } from "./spend-chart.tsx";
import { architectureGroups, type SpendSeries, spendCsv, spendSeries } from "./spend-series.ts";
import { SpendTable } from "./spend-table.tsx";
import { usageGroups } from "./usage-days.ts";
import { UsageTable } from "./usage-table.tsx";

/** Spend over time, by component, agent and architecture, and how long credits last. */
export function AnalyticsPage() {
  usePageTitle("Analytics");
  const search = parseAnalyticsSearch(useSearch({ strict: false }));
  const today = dayOf(serverNowMs());
  const period = periodOf(search, today);
  const { usage, failed, retry } = useUsage(period);
  const { group: grouping = "component" } = search;
  const spend = usage && spendSeries(grouping, usage[grouping].data, period);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Analytics"
        subtitle="Spend by component, agent and day"
        actions={
          <div className="flex flex-wrap items-center justify-end gap-3 max-md:w-full max-md:gap-2">
            <PeriodChoice period={period} today={today} />
            {spend && (
              <DownloadLink
                href={`data:text/csv;charset=utf-8,${encodeURIComponent(spendCsv(spend))}`}
                name={`airtime-spend-by-${grouping}-${period.from}-to-${period.to}.csv`}
              >
                Export
              </DownloadLink>
            )}
          </div>
        }
      />
      {usage && spend ? (
        <>
          <Figures days={spend.days} architectures={architectureGroups(usage.architecture.data)} />
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4 xl:grid-cols-[minmax(0,1fr)_304px]">
            <SpendCard spend={spend} grouping={grouping} today={today} />
            <RunwayCard burn={usage.component.burn} today={today} />
          </div>
          <UsageTable title="By agent" noun="agent" groups={usageGroups(usage.agent.data)} />
          <UsageTable
            title="By architecture"
            noun="architecture"
            groups={architectureGroups(usage.architecture.data)}
          />
        </>
      ) : (
        <Card title="Spend">
          <ListState pending failed={failed} empty={false} noun="usage" emptyText="" onRetry={retry} />
        </Card>
      )}
    </div>
  );
}

/** The period's usage in each grouping: the picture shows one, the tables the others. */
function useUsage(period: Period) {
  const { id } = useOrganization();
  const results = useQueries({ queries: GROUPINGS.map((group) => usageQuery(id, period, group)) });
  const [component, agent, architecture] = results.map(({ data }) => data);
  return {
    usage: component && agent && architecture ? { component, agent, architecture } : null,
    failed: results.some(({ isError }) => isError),
    retry: () => void Promise.all(results.map(({ refetch }) => refetch())),
  };
}

const GROUPING_OPTIONS = [
  { value: "component", text: "Component" },
  { value: "agent", text: "Agent" },
  { value: "architecture", text: "Architecture" },
] as const satisfies { value: Grouping; text: string }[];

interface SpendCardProps {
  spend: SpendSeries;
  grouping: Grouping;
  today: string;
}

function SpendCard({ spend, grouping, today }: SpendCardProps) {
  const navigate = useNavigate();
  const [asTable, setAsTable] = useState(false);
  const group = (next: Grouping) =>
    void navigate({
      to: "/analytics",
      search: (now: object) => parseAnalyticsSearch({ ...now, group: next }),
      resetScroll: false,
    });
  return (
    <Card
      title={`Spend by ${grouping}`}
      subtitle="Each bar is one day; times in UTC"
      actions={
        <div className="flex flex-wrap items-center gap-2 max-md:w-full">
          <Select<Grouping>
            label="Group by"
            prefix="Group by"
            value={grouping}
            options={GROUPING_OPTIONS}
            onChange={group}
            className="max-md:flex-1"
          />
          <Button size="small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)} className="md:h-9">
            View as table
          </Button>
        </div>
      }
    >
      {asTable ? <SpendTable {...spend} /> : <SpendChart {...spend} today={today} />}
    </Card>
  );
}
