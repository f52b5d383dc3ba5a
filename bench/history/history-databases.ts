import type { PriceBook } from "../../src/domain/pricing/price-book.ts";
import { createPool } from "../../src/storage/database.ts";
import {
  type OrganizationDatabases,
  openOrganizationDatabases,
} from "../../src/storage/organization-database.ts";
import { addFirstPrices, openPriceBook } from "../../src/storage/price-book.ts";
import type { BenchContext } from "../context.ts";
import { fillHistory } from "./fill-history.ts";
import { fillRollups } from "./fill-rollups.ts";
import { existingAccount } from "./readings.ts";

/** The organization whose history is read; both databases have one. */
export const ORGANIZATION = "org_measured";

/** A large history, and beside it a small one in a database that holds nothing else. */
export type HistoryDatabases = {
  readonly large: OrganizationDatabases;
  readonly small: OrganizationDatabases;
  readonly prices: PriceBook;
  /** The other organizations in the large one. */
  readonly others: readonly string[];
  /** Rows that were made in a second, indexes included. */
  readonly fillRate: number;
  close(): Promise<void>;
};

const SMALL_ROWS = 1_000;
const ROWS_OF_OTHERS = 50;

export async function openHistoryDatabases({ plan, server }: BenchContext): Promise<HistoryDatabases> {
  const largeUrl = await server.createDatabase("history_large", "airtime");
  const smallUrl = await server.createDatabase("history_small", "airtime");
  const large = createPool({ connectionString: largeUrl });
  const small = createPool({ connectionString: smallUrl });
  const others = Array.from(
    { length: plan.historyOrganizations },
    (_, number) => `org_${String(number).padStart(26, "0")}`,
  );
  await fillHistory(small, [{ organizationIds: [ORGANIZATION], transactions: SMALL_ROWS }]);
  const startedAt = performance.now();
  await fillHistory(large, [
    { organizationIds: [ORGANIZATION], transactions: plan.historyRows },
    { organizationIds: others, transactions: ROWS_OF_OTHERS },
  ]);
  const fillRate =
    (plan.historyRows + others.length * ROWS_OF_OTHERS) / ((performance.now() - startedAt) / 1_000);
  for (const pool of [large, small]) {
    const account = await existingAccount(openOrganizationDatabases(pool), ORGANIZATION);
    await fillRollups(pool, ORGANIZATION, Number(account.typeSeq.consumption));
  }
  await addFirstPrices(large);
  const prices = (await openPriceBook(large)).current();
  return {
    large: openOrganizationDatabases(large),
    small: openOrganizationDatabases(small),
    prices,
    others,
    fillRate,
    async close() {
      await Promise.all([large.end(), small.end()]);
      for (const url of [largeUrl, smallUrl]) await server.dropDatabase(url);
    },
  };
}
