import { invariant } from "../domain/assert.ts";
import type { CountedSpending } from "../domain/charging/command.ts";
import type { Account } from "../domain/ledger/account.ts";
import type { TransactionType } from "../domain/ledger/transaction.ts";
import { credits } from "../domain/money/credits.ts";
import {
  periodStartOf,
  SPEND_PERIODS,
  type SpendKey,
  type SpendScope,
} from "../domain/policy/spend-limit.ts";
import type { Dimension } from "../domain/usage/usage-sums.ts";
import { findAccount } from "./accounts.ts";
import type { OrganizationDatabase, OrganizationDatabases } from "./organization-database.ts";
import { seqBefore } from "./reading/seq-before.ts";
import { SPENT_IN_RANGE, spenderKey } from "./spending.ts";

/** What was used so far under these keys, in the periods that `now` lies in: from the rollups, and from the ledger what
 *  they do not have, so that a month of millions takes no longer than one of hundreds. It is of one snapshot and takes no
 *  lock: what is posted meanwhile is left to whoever sets the limits.
 *  @param organizationId of an organization that has an account. @param now epoch ms. */
export async function countSpending(
  databases: OrganizationDatabases,
  organizationId: string,
  keys: readonly SpendKey[],
  now: number,
): Promise<CountedSpending> {
  return databases.snapshot(organizationId, async (database) => {
    const account = await findAccount(database);
    invariant(account !== null, "spending is counted of an account");
    const rolledUp = await rolledUpSeq(database);
    const spent: CountedSpending["spent"][number][] = [];
    for (const period of SPEND_PERIODS) {
      const own = keys.filter((key) => key.period === period);
      if (own.length === 0) continue;
      // As the fold does: an account's time never goes back.
      const periodStart = periodStartOf(period, Math.max(now, account.updatedAt));
      const sums = await sumsOf(database, account, { keys: own, periodStart, rolledUp });
      for (const { scope, subject } of own) {
        const sum = credits(sums.get(spenderKey({ scope, subject })) ?? 0n);
        spent.push({ scope, subject, period, periodStart, spent: sum });
      }
    }
    return { throughSeq: account.seq, spent };
  });
}

type Counting = {
  readonly keys: readonly SpendKey[];
  readonly periodStart: number;
  /** The last consumption that is in the rollups. */
  readonly rolledUp: bigint;
};

/** By spender. A period begins with an hour, so whole hours of the rollups make it up. */
async function sumsOf(
  database: OrganizationDatabase,
  account: Account,
  { keys, periodStart, rolledUp }: Counting,
): Promise<ReadonlyMap<string, bigint>> {
  const sums = new Map<string, bigint>();
  const add = (rows: readonly SumRow[]) => {
    for (const { spender, sum } of rows) sums.set(spender, (sums.get(spender) ?? 0n) + sum);
  };
  const spenders = keys.map(spenderKey);
  const dimensions = keys.map(({ scope }) => DIMENSIONS[scope]);
  const members = keys.map(({ subject }) => subject);
  const rolled = [database.organizationId, periodStart, spenders, dimensions, members];
  add((await database.query<SumRow>(ROLLED_UP, rolled)).rows);
  for (const type of ["consumption", "adjustment"] as const) {
    const before = await seqBefore(database, account, type, periodStart);
    const after = type === "consumption" && rolledUp > before ? rolledUp : before;
    for await (const rows of ledgerSums(database, { type, after, last: account.typeSeq[type], spenders }))
      add(rows);
  }
  return sums;
}

/** In steps, so that no statement takes long where the rollups are far behind. */
async function* ledgerSums(
  database: OrganizationDatabase,
  range: {
    readonly type: TransactionType;
    readonly after: bigint;
    readonly last: bigint;
    readonly spenders: readonly string[];
  },
): AsyncGenerator<readonly SumRow[]> {
  const { type, last, spenders } = range;
  for (let { after } = range; after < last; after += STEP) {
    const values = [
      database.organizationId,
      type,
      after,
      after + STEP < last ? after + STEP : last,
      spenders,
    ];
    yield (await database.query<SumRow>(SPENT_IN_RANGE, values)).rows;
  }
}

const STEP = 20_000n;

type SumRow = { readonly spender: string; readonly sum: bigint };

async function rolledUpSeq(database: OrganizationDatabase): Promise<bigint> {
  const { rows } = await database.query<{ consumption_seq: bigint }>(
    "select consumption_seq from usage_rollup_cursor where org_id = $1",
    [database.organizationId],
  );
  return rows[0]?.consumption_seq ?? 0n;
}

/** What the rollups sum a scope's usage by. Of a whole organization that is anything, and these are the fewest. */
const DIMENSIONS = {
  organization: "architecture",
  agent: "agent",
  api_key: "api_key",
  user: "user",
} satisfies Record<SpendScope, Dimension>;

// Without a member: all of them.
const ROLLED_UP = `select w.spender, sum(r.amount)::bigint as sum
  from unnest($3::text[], $4::text[], $5::text[]) as w (spender, dimension, member)
  join usage_rollup r on r.org_id = $1 and r.dimension = w.dimension and r.hour >= to_timestamp($2 / 1000.0)
    and (w.member is null or r.member = w.member)
  group by w.spender`;
