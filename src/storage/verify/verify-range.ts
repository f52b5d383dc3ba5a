import type pg from "pg";
import type { Account } from "../../domain/ledger/account.ts";
import type { CounterAccount } from "../../domain/ledger/transaction.ts";
import { add, type Credits, ZERO } from "../../domain/money/credits.ts";
import { accountProblems, NO_SESSIONS } from "../../domain/verification/account-check.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { rowTypes } from "../database.ts";
import { ACCOUNT_COLUMNS, accountFromRow } from "../posting/account-rows.ts";
import { readPriceBook } from "../price-book.ts";
import { nextRange, type OrganizationRange, rangeOf } from "./organization-range.ts";
import { verifyNaturalIds, verifyPurchases, verifyUsageRefunds } from "./verify-references.ts";
import { verifySessions } from "./verify-sessions.ts";
import { historyOf, verifyTransactions } from "./verify-transactions.ts";

/** What was verified in one snapshot. */
export type VerifiedRange = {
  /** The last organization of it; the next range comes after. */
  readonly last: string;
  readonly organizations: number;
  readonly transactions: number;
  readonly balances: Credits;
  readonly counterAccounts: ReadonlyMap<CounterAccount, Credits>;
};

/** Enough small organizations to make the statements per range cheap, few enough to hold in memory. */
const ORGANIZATIONS_MAX = 500;

/** Verifies one organization, or the next ones after an id, in a snapshot of its own: what is posted meanwhile does not
 *  disturb it, and a long run holds no old snapshot back. Null when there is nothing (left) to verify. */
export async function verifyRange(
  pool: pg.Pool,
  wanted: { readonly only: string } | { readonly after: string },
  onProblem: OnProblem,
): Promise<VerifiedRange | null> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin isolation level repeatable read read only");
    // A bad estimate must not turn a join of two million rows into a loop over both. Every row is read in the end.
    await client.query(
      "set local enable_nestloop = off; set local cursor_tuple_fraction = 1; set local jit = off",
    );
    const range =
      "only" in wanted
        ? await rangeOf(client, wanted.only)
        : await nextRange(client, wanted.after, ORGANIZATIONS_MAX);
    const verified = range === null ? null : await verifyIn(client, range, onProblem);
    await client.query("commit");
    return verified;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // A client that failed inside a transaction goes away with it.
    client.release(failure);
  }
}

async function verifyIn(
  client: pg.ClientBase,
  range: OrganizationRange,
  onProblem: OnProblem,
): Promise<VerifiedRange> {
  const accounts = await readAccounts(client, range);
  const { histories, transactions } = await verifyTransactions(client, range, onProblem);
  for (const { account } of accounts)
    historyOf(histories, account.organizationId, onProblem).check.finish(account);
  const known = new Set(accounts.map(({ account }) => account.organizationId));
  for (const [organizationId, { check }] of histories) if (!known.has(organizationId)) check.finish(null);

  const prices = await readPriceBook(client);
  const sessions = await verifySessions(client, range, { prices, histories, onProblem });
  for (const { account, lastNewsSeq } of accounts) {
    const { organizationId } = account;
    const sums = sessions.has(organizationId) ? (sessions.get(organizationId) ?? null) : NO_SESSIONS;
    for (const problem of accountProblems(account, sums, lastNewsSeq))
      onProblem({ organizationId, table: "account", key: organizationId, problem });
  }
  await verifyNaturalIds(client, range, histories, onProblem);
  await verifyUsageRefunds(client, range, histories, onProblem);
  await verifyPurchases(client, range, histories, onProblem);

  const counterAccounts = new Map<CounterAccount, Credits>();
  for (const { check } of histories.values())
    for (const [name, amount] of check.counterAccounts)
      counterAccounts.set(name, add(counterAccounts.get(name) ?? ZERO, amount));
  const balances = accounts.reduce((total, { account }) => add(total, account.balance), ZERO);
  return { last: range.last, organizations: histories.size, transactions, balances, counterAccounts };
}

async function readAccounts(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
): Promise<{ account: Account; lastNewsSeq: bigint }[]> {
  const { rows } = await client.query({
    text: `select ${ACCOUNT_COLUMNS},
        coalesce((select max(seq) from outbox where outbox.org_id = account.org_id), 0) as last_news_seq
      from account where org_id >= $1 and org_id <= $2 order by org_id`,
    values: [first, last],
    types: rowTypes,
  });
  return rows.map((row) => ({ account: accountFromRow(row), lastNewsSeq: row.last_news_seq }));
}
