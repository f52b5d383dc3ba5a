import type { Account } from "../../src/domain/ledger/account.ts";
import { type TransactionType, transactionId } from "../../src/domain/ledger/transaction.ts";
import type { PriceBook } from "../../src/domain/pricing/price-book.ts";
import { findAccount } from "../../src/storage/accounts.ts";
import type { OrganizationDatabases } from "../../src/storage/organization-database.ts";
import { summarizeOrganization } from "../../src/storage/reading/organization-summary.ts";
import { findTransaction, listTransactions } from "../../src/storage/reading/transactions.ts";
import { usageSeries } from "../../src/storage/reading/usage-series.ts";

/** One thing that the Studio reads of a history, with the application's own readers. */
export type Reading = {
  readonly name: string;
  readonly read: (databases: OrganizationDatabases) => Promise<unknown>;
};

const PAGE_SIZE = 50;
const HOUR_MS = 3_600_000;

/** Pages of all transactions and of each filter: the first, the one in the middle, the last. Each reads the account, as
 *  the route does. */
export function pageReadings(account: Account): Reading[] {
  const filters = [
    { filter: "all", type: null, count: account.seq },
    { filter: "topup", type: "topup", count: account.typeSeq.topup },
    { filter: "consumption", type: "consumption", count: account.typeSeq.consumption },
  ] as const;
  return filters.flatMap(({ filter, type, count }) => {
    const last = Math.max(0, Number(count) - PAGE_SIZE);
    return [
      { place: "first", offset: 0 },
      { place: "middle", offset: Math.floor(last / 2) },
      { place: "last", offset: last },
    ].map(({ place, offset }) => ({
      name: `page ${filter} ${place}`,
      read: (databases: OrganizationDatabases) =>
        readPage(databases, account.organizationId, { type, offset }),
    }));
  });
}

/** @param offset from the newest. Throws when the page is not as full as it has to be. */
async function readPage(
  databases: OrganizationDatabases,
  organizationId: string,
  { type, offset }: { readonly type: TransactionType | null; readonly offset: number },
): Promise<void> {
  const account = await existingAccount(databases, organizationId);
  const { data } = await listTransactions(databases.of(organizationId), account, type, {
    limit: PAGE_SIZE,
    offset,
  });
  // The history's smallest filter may be shorter than a page.
  const expected = Math.min(PAGE_SIZE, Number(type === null ? account.seq : account.typeSeq[type]));
  if (data.length !== expected) throw new Error(`a page has ${data.length} rows instead of ${expected}`);
}

/** What reads one row or a few, whatever the history's length. */
export function pointReadings(account: Account, prices: PriceBook): Reading[] {
  const { organizationId, seq } = account;
  return [
    {
      name: "summary",
      read: (databases) =>
        Promise.all([
          existingAccount(databases, organizationId),
          summarizeOrganization(databases.of(organizationId), prices),
        ]),
    },
    {
      name: "transaction",
      read: async (databases) => {
        const id = transactionId(organizationId, seq / 2n);
        const found = await findTransaction(databases.of(organizationId), id);
        if (found === null) throw new Error(`${id} is missing`);
      },
    },
  ];
}

/** Charts: these read the rollups of their period, and from the ledger what is not rolled up yet. */
export function seriesReadings(account: Account, prices: PriceBook): Reading[] {
  const { organizationId } = account;
  const until = Date.now();
  const series = (
    name: string,
    hours: number,
    shape: { interval: "hour" | "day"; groupBy: "agent" | "component" },
  ) => ({
    name: `series ${name}`,
    read: (databases: OrganizationDatabases) =>
      usageSeries(databases.of(organizationId), { from: until - hours * HOUR_MS, until, ...shape }, prices),
  });
  return [
    series("1 day by agent", 24, { interval: "hour", groupBy: "agent" }),
    series("30 days by agent", 30 * 24, { interval: "day", groupBy: "agent" }),
    series("30 days by component", 30 * 24, { interval: "day", groupBy: "component" }),
  ];
}

export async function existingAccount(
  databases: OrganizationDatabases,
  organizationId: string,
): Promise<Account> {
  const account = await findAccount(databases.of(organizationId));
  if (account === null) throw new Error(`${organizationId} has no account`);
  return account;
}

/** Milliseconds that a reading takes. */
export async function timeReading(databases: OrganizationDatabases, { read }: Reading): Promise<number> {
  const startedAt = performance.now();
  await read(databases);
  return performance.now() - startedAt;
}
