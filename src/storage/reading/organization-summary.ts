import { pinnedRates } from "../../domain/charging/report.ts";
import { rateToNumber } from "../../domain/money/exact.ts";
import type { PriceBook } from "../../domain/pricing/price-book.ts";
import type { OrganizationDatabase } from "../organization-database.ts";
import { sessionColumns, sessionFromRow } from "../posting/session-rows.ts";

/** Names for the page, and how fast running calls use credits (ten-thousandths a minute). */
export async function summarizeOrganization(
  database: OrganizationDatabase,
  prices: PriceBook,
): Promise<{ organizationName: string; ownerName: string | null; burnRatePerMinute: number }> {
  const { organizationId } = database;
  const [names, running] = await Promise.all([
    database.query(
      `select o.name, p.name as owner_name from organization o
       left join member m on m.org_id = o.id and m.role = 'owner'
       left join person p on p.id = m.user_id
       where o.id = $1`,
      [organizationId],
    ),
    database.query(
      `select ${sessionColumns("s")} from session s where s.org_id = $1 and s.status in ('active', 'stale') limit $2`,
      [organizationId, SESSIONS_COUNTED_MAX],
    ),
  ]);
  const burnRate = running.rows.reduce((total, row) => {
    const { measure, rates } = pinnedRates(prices, sessionFromRow(row));
    return measure === "durationMs"
      ? rates.reduce((sum, line) => sum + rateToNumber(line.rate), total)
      : total;
  }, 0);
  return {
    organizationName: names.rows[0]?.name ?? organizationId,
    ownerName: names.rows[0]?.owner_name ?? null,
    burnRatePerMinute: Math.round(burnRate * 10_000),
  };
}

/** The rate of thousands of calls is an estimate anyway; reading them all would not stay cheap. */
const SESSIONS_COUNTED_MAX = 1_000;
