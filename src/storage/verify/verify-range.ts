import pg from "pg";
import type { CounterAccount } from "../../domain/ledger/transaction.ts";
import { add, type Credits, credits, ZERO } from "../../domain/money/credits.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { readPriceBook } from "../price-book.ts";
import { examineAudit } from "./examine-audit.ts";
import { examineOrganization } from "./examine-organization.ts";
import { examineOutbox, readAccounts } from "./examine-outbox.ts";
import { examinePurchases, examineUsageRefunds, type References } from "./examine-references.ts";
import { examineRollups } from "./examine-rollups.ts";
import { examineSpendLimits } from "./examine-spend-limits.ts";
import { nextRange, type OrganizationRange, rangeOf } from "./organization-range.ts";
import { isRight, screenRange } from "./screen-range.ts";
import { createScreening, type Screening } from "./screening.ts";

/** What was verified in one snapshot. */
export type VerifiedRange = {
  /** The last organization of it; the next range comes after. */
  readonly last: string;
  readonly organizations: number;
  readonly transactions: number;
  readonly balances: Credits;
  readonly counterAccounts: ReadonlyMap<CounterAccount, Credits>;
};

/** Who is told as verification goes on. */
export type Watcher = {
  readonly onProblem: OnProblem;
  /** With how many transactions more have been looked at. */
  readonly onProgress: (transactions: number) => void;
};

/** Enough small organizations to make the statements per range cheap, few enough to hold in memory. */
const ORGANIZATIONS_MAX = 500;

/** Verifies one organization, or the next ones after an id, in a snapshot of its own: what is posted meanwhile does not
 *  disturb it, and a long run holds no old snapshot back. Null when there is nothing (left) to verify. */
export async function verifyRange(
  pool: pg.Pool,
  wanted: { readonly only: string } | { readonly after: string },
  watcher: Watcher,
): Promise<VerifiedRange | null> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query(PLANS);
    const range =
      "only" in wanted
        ? await rangeOf(client, wanted.only)
        : await nextRange(client, wanted.after, ORGANIZATIONS_MAX);
    const verified = range === null ? null : await verifyIn(client, range, watcher);
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

// Rows are read in the order of the primary key, as that needs no sorting and no memory; the reader needs the other
// processors itself. Where exact checks join, a bad estimate must not turn it into a loop over two million rows.
const PLANS = `set local random_page_cost = 1.1; set local max_parallel_workers_per_gather = 0; set local jit = off;
  set local enable_nestloop = off; set local cursor_tuple_fraction = 1`;

async function verifyIn(
  client: pg.ClientBase,
  range: OrganizationRange,
  { onProblem, onProgress }: Watcher,
): Promise<VerifiedRange> {
  const accounts = await readAccounts(client, range);
  const prices = await readPriceBook(client);
  const screenings = await screenRange(client, conditionOf(range), prices, onProgress);
  const references = new Map<string, References>();
  const sum = { transactions: 0, balances: ZERO, counterAccounts: new Map<CounterAccount, Credits>() };
  for (const organizationId of new Set([...accounts.keys(), ...screenings.keys()])) {
    const { account = null, lastNewsSeq = 0n } = accounts.get(organizationId) ?? {};
    const screening = screenings.get(organizationId) ?? createScreening(organizationId);
    sum.balances = add(sum.balances, account?.balance ?? ZERO);
    if (account !== null && isRight(screening, account, lastNewsSeq)) {
      references.set(organizationId, { ...screening, check: NOTHING_BROKEN });
      sum.transactions += screening.transactions;
      addTo(sum.counterAccounts, exactly(screening.counterAccounts));
      continue;
    }
    const examined = await examineOrganization(client, organizationId, {
      account,
      lastNewsSeq,
      prices,
      onProblem,
    });
    references.set(organizationId, examined.history);
    sum.transactions += examined.transactions;
    addTo(sum.counterAccounts, examined.history.check.counterAccounts);
  }
  await examineUsageRefunds(client, range, references, onProblem);
  await examinePurchases(client, range, references, onProblem);
  await examineOutbox(client, accounts, onProblem);
  await examineSpendLimits(client, range, accounts, onProblem);
  await examineRollups(client, range, references, onProblem);
  await examineAudit(client, range, onProblem);
  return { last: range.last, organizations: references.size, ...sum };
}

const NOTHING_BROKEN = { isBroken: () => false, isWhole: () => true };

/** COPY takes no parameters, so the ids are quoted into the condition. */
function conditionOf({ first, last }: OrganizationRange): string {
  if (first === last) return `org_id = ${pg.escapeLiteral(first)}`;
  return `org_id >= ${pg.escapeLiteral(first)} and org_id <= ${pg.escapeLiteral(last)}`;
}

function addTo(sums: Map<CounterAccount, Credits>, amounts: Iterable<[CounterAccount, Credits]>): void {
  for (const [name, amount] of amounts) sums.set(name, add(sums.get(name) ?? ZERO, amount));
}

function* exactly(counterAccounts: Screening["counterAccounts"]): Iterable<[CounterAccount, Credits]> {
  for (const name of COUNTER_ACCOUNTS)
    if (counterAccounts[name] !== 0) yield [name, credits(BigInt(counterAccounts[name]))];
}

const COUNTER_ACCOUNTS = [
  "sales",
  "promotions",
  "usage_revenue",
  "refunds",
  "adjustments",
  "expired",
] as const satisfies readonly CounterAccount[];
