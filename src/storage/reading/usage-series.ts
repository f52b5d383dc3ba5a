import { credits } from "../../domain/money/credits.ts";
import type { PriceBook } from "../../domain/pricing/price-book.ts";
import {
  addSum,
  type Dimension,
  HOUR_MS,
  sumsOf,
  type UsageSum,
  type UsageSums,
} from "../../domain/usage/usage-sums.ts";
import type { OrganizationDatabase } from "../organization-database.ts";
import { readUsageFacts } from "./usage-facts.ts";

/** Usage summed by interval and member: from the rollups, and from the ledger what is not rolled up yet. */

export type SeriesRequest = {
  /** Epoch ms, [from, until): widened to whole hours. */
  readonly from: number;
  readonly until: number;
  readonly interval: "hour" | "day";
  readonly groupBy: Dimension;
};

/** Exact to the ten-thousandth and up to the last commit, whatever has been rolled up. In the order of time. */
export async function usageSeries(
  database: OrganizationDatabase,
  request: SeriesRequest,
  prices: PriceBook,
): Promise<UsageSum[]> {
  const { interval, groupBy } = request;
  const from = Math.floor(request.from / HOUR_MS) * HOUR_MS;
  const until = Math.ceil(request.until / HOUR_MS) * HOUR_MS;
  // One statement, one snapshot: the sums are those of the very number that the cursor says.
  const { rows } = await database.query<RollupRow>({
    name: "usage_rollups",
    text: ROLLED,
    values: [database.organizationId, groupBy, from, until, interval],
  });
  const sums: UsageSums = new Map();
  for (const row of rows) if (row.start !== null) addSum(sums, sumFromRow(row, groupBy));
  for (let after = rows[0]?.consumption_seq ?? 0n; ; ) {
    const { facts, last } = await readUsageFacts(database, { after, limit: TAIL_PAGE, prices });
    for (const fact of facts) {
      if (fact.hour < from || fact.hour >= until) continue;
      const start = interval === "day" ? Math.floor(fact.hour / DAY_MS) * DAY_MS : fact.hour;
      for (const sum of sumsOf(fact)) if (sum.dimension === groupBy) addSum(sums, { ...sum, from: start });
    }
    if (facts.length < TAIL_PAGE) break;
    after = last;
  }
  return [...sums.values()].sort((a, b) => a.from - b.from || (a.member.id < b.member.id ? -1 : 1));
}

const DAY_MS = 24 * HOUR_MS;
const TAIL_PAGE = 1_000;

const ROLLED = `select c.consumption_seq, r.* from
    (select coalesce(max(consumption_seq), 0) as consumption_seq from usage_rollup_cursor where org_id = $1) as c
  left join (select date_trunc($5, hour, 'UTC') as start, member, max(name) as name, sum(amount)::bigint as amount,
      sum(sessions)::bigint as sessions, sum(duration_ms)::bigint as duration_ms, sum(messages)::bigint as messages,
      sum(units)::bigint as units
    from usage_rollup where org_id = $1 and dimension = $2
      and hour >= to_timestamp($3 / 1000.0) and hour < to_timestamp($4 / 1000.0)
    group by 1, 2) as r on true`;

type RollupRow = {
  consumption_seq: bigint;
  /** Null where nothing has been rolled up. */
  start: Date | null;
  member: string;
  name: string | null;
  amount: bigint;
  sessions: bigint;
  duration_ms: bigint;
  messages: bigint;
  units: bigint;
};

function sumFromRow(row: RollupRow, dimension: Dimension): UsageSum {
  return {
    dimension,
    from: row.start?.getTime() ?? 0,
    member: { id: row.member, name: row.name },
    amount: credits(row.amount),
    sessions: row.sessions,
    usage: { durationMs: row.duration_ms, messages: row.messages, units: row.units },
  };
}
