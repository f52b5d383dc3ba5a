import type pg from "pg";
import type { Account } from "../../src/domain/ledger/account.ts";
import type { TransactionType } from "../../src/domain/ledger/transaction.ts";
import { findAccount } from "../../src/storage/accounts.ts";
import { listTransactions } from "../../src/storage/reading/transactions.ts";

/** What the page reads of a history, with the application's own readers. */
export type Reading = { readonly name: string; readonly read: (pool: pg.Pool) => Promise<unknown> };

const PAGE_SIZE = 50;

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
      name: `${filter}, ${place} page`,
      read: (pool: pg.Pool) => readPage(pool, account.organizationId, { type, offset }),
    }));
  });
}

async function readPage(
  pool: pg.Pool,
  organizationId: string,
  { type, offset }: { readonly type: TransactionType | null; readonly offset: number },
): Promise<void> {
  const account = await findAccount(pool, organizationId);
  if (account === null) throw new Error(`${organizationId} has no account`);
  const { data } = await listTransactions(pool, account, type, { limit: PAGE_SIZE, offset });
  // The history's smallest filter may be shorter than a page.
  const expected = Math.min(PAGE_SIZE, Number(type === null ? account.seq : account.typeSeq[type]));
  if (data.length !== expected) throw new Error(`a page has ${data.length} rows instead of ${expected}`);
}

/** Milliseconds that a reading takes, each time it was done. */
export async function timeReading(pool: pg.Pool, { read }: Reading, times: number): Promise<number[]> {
  const taken: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const startedAt = performance.now();
    await read(pool);
    taken.push(performance.now() - startedAt);
  }
  return taken;
}
