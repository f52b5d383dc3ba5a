import { useQueries, useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import type { UsageSeries } from "../../api/openapi.ts";
import { summaryQuery } from "../../api/queries.ts";
import { statementQuery } from "../../api/statement-queries.ts";
import { Card } from "../../ui/card.tsx";
import { addDays } from "../../ui/day-range.ts";
import { formatDollars } from "../../ui/format-money.ts";
import { formatDay } from "../../ui/format-time.ts";
import { usageQuery } from "./analytics-data.ts";
import { balanceByDay, HISTORY_DAYS, monthsOfHistory, runwayText } from "./runway.ts";
import { RunwayPicture } from "./runway-picture.tsx";
import { usageDays } from "./usage-days.ts";

const HOUR_MS = 3_600_000;

interface RunwayCardProps {
  burn: UsageSeries["burn"];
  today: string;
}

/** How long the balance lasts if the last week goes on, and how it came to where it is. */
export function RunwayCard({ burn, today }: RunwayCardProps) {
  const { id } = useOrganization();
  const { data: summary } = useQuery(summaryQuery(id));
  const past = useBalances(today, summary?.balance);
  const { runway_hours: hours } = burn;
  return (
    <Card title="Runway" subtitle="Balance, then the projection">
      <div className="flex flex-1 flex-col px-5 pb-4 max-md:px-4">
        <Headline hours={hours} />
        {past && summary && (
          <RunwayPicture
            past={past}
            perDay={burn.per_day}
            low={summary.low_balance_threshold}
            firstDay={addDays(today, 1 - HISTORY_DAYS)}
          />
        )}
        <p className="type-caption mt-auto pt-3 text-ink-3">
          What is available, divided by the average use since the first usage of the last 7 days.
        </p>
      </div>
      {summary && (
        <dl className="grid grid-cols-3 gap-3 border-t border-edge px-5 py-3 max-md:px-4">
          <Figure name="Available" value={formatDollars(summary.available)} />
          <Figure name="A day" value={formatDollars(burn.per_day)} />
          <Figure name="Low at" value={formatDollars(summary.low_balance_threshold)} />
        </dl>
      )}
    </Card>
  );
}

function Headline({ hours }: { hours: number | null }) {
  if (hours === null) {
    return (
      <p className="py-2 text-[15px] leading-5">
        <span className="block font-[550]">No recent usage</span>
        <span className="text-ink-2">At no use, credits last for ever.</span>
      </p>
    );
  }
  const { number, unit } = runwayText(hours);
  return (
    <p className="flex items-center gap-2.5 pb-1">
      <span className="figures text-[40px] leading-[46px] font-bold text-brand [--figure-tracking:-0.03em]">
        {number}
      </span>
      <span className="text-[13.5px] leading-[18px]">
        <span className="block font-semibold">{unit}</span>
        <span className="text-ink-2">until {formatDay(new Date(Date.now() + hours * HOUR_MS))}</span>
      </span>
    </p>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-[12.5px] text-ink-2">{name}</dt>
      <dd className="figures font-semibold">{value}</dd>
    </div>
  );
}

/** The balances of the last days, once all that they are told from is there; null until then, or if it can't be told. */
function useBalances(today: string, balance: number | undefined): number[] | null {
  const { id } = useOrganization();
  const period = { from: addDays(today, 1 - HISTORY_DAYS), to: today };
  const usage = useQuery(usageQuery(id, period, "architecture"));
  const statements = useQueries({
    queries: monthsOfHistory(today).map((month) => statementQuery(id, month)),
  });
  const months = statements.flatMap(({ data }) => (data ? [data] : []));
  const isWhole = months.every(({ entries, entries_total }) => entries.length === entries_total);
  if (balance === undefined || !usage.data || months.length < statements.length || !isWhole) return null;
  return balanceByDay(
    balance,
    usageDays(usage.data.data, period),
    months.flatMap(({ entries }) => entries),
  );
}
