import type { Account } from "../../domain/ledger/account.ts";
import {
  type Month,
  type StatementFacts,
  type TypeSum,
  usageByAgent,
} from "../../domain/ledger/statement.ts";
import type { Transaction, TransactionType } from "../../domain/ledger/transaction.ts";
import { credits } from "../../domain/money/credits.ts";
import type { PriceBook } from "../../domain/pricing/price-book.ts";
import { findAccount } from "../accounts.ts";
import type { OrganizationDatabase, OrganizationDatabases } from "../organization-database.ts";
import { transactionColumns, transactionFromRow } from "../posting/transaction-rows.ts";
import { seqBefore } from "./seq-before.ts";
import { usageSeries } from "./usage-series.ts";

/** What an organization's statement of a month is made of, or null when it has no account. An account's time never goes
 *  back, so a month is a range of sequence numbers, found by halving; usage comes from the rollups. All of it is read in
 *  one snapshot: what is posted meanwhile is in none of the parts. */
export async function readStatement(
  databases: OrganizationDatabases,
  organizationId: string,
  { month, prices }: { readonly month: Month; readonly prices: PriceBook },
): Promise<StatementFacts | null> {
  return databases.snapshot(organizationId, async (database) => {
    const account = await findAccount(database);
    if (account === null) return null;
    const range = await rangeOf(database, account, null, month);
    const [before, last] = [
      await pointAt(database, account, range.after),
      await pointAt(database, account, range.last),
    ];
    const sums: TypeSum[] = [];
    const entries: Transaction[] = [];
    for (const type of LISTED_TYPES) {
      const typeRange = await rangeOf(database, account, type, month);
      if (typeRange.last === typeRange.after) continue;
      sums.push(await sumOf(database, account, type, typeRange));
      entries.push(...(await entriesOf(database, account, type, typeRange)));
    }
    const { from, until } = month;
    const series = { from, until, interval: "day", groupBy: "agent" } as const;
    const used = await usageSeries(database, series, prices);
    return {
      organizationId,
      organizationName: await nameOf(database),
      month,
      opening: before.balance,
      closing: last.balance,
      seqBefore: range.after,
      seqLast: range.last,
      headHash: last.hash,
      sums,
      entries: entries.sort((a, b) => Number(a.seq - b.seq)).slice(0, ENTRIES_MAX),
      ...usageByAgent(used, AGENTS_MAX),
    };
  });
}

/** When an organization's first transaction was posted, epoch ms; null without any. */
export async function firstPosted(database: OrganizationDatabase): Promise<number | null> {
  const { rows } = await database.query<{ recorded_at: Date }>(
    "select recorded_at from transaction where org_id = $1 and seq = 1",
    [database.organizationId],
  );
  return rows[0]?.recorded_at.getTime() ?? null;
}

/** Listed one by one; beyond them only the sums tell. */
const ENTRIES_MAX = 500;
const AGENTS_MAX = 200;

const LISTED_TYPES = ["topup", "refund", "adjustment", "expiry"] as const satisfies TransactionType[];

type SeqRange = { readonly after: bigint; readonly last: bigint };

async function nameOf({ organizationId, query }: OrganizationDatabase): Promise<string> {
  const { rows } = await query("select name from organization where id = $1", [organizationId]);
  return rows[0]?.name ?? organizationId;
}

/** The numbers of the month's transactions, of all types or one. */
async function rangeOf(
  database: OrganizationDatabase,
  account: Account,
  type: TransactionType | null,
  { from, until }: Month,
): Promise<SeqRange> {
  return {
    after: await seqBefore(database, account, type, from),
    last: await seqBefore(database, account, type, until),
  };
}

/** Balance and hash after a transaction. */
async function pointAt(database: OrganizationDatabase, { organizationId }: Account, seq: bigint) {
  const { rows } = await database.query(
    "select balance_after, encode(hash, 'hex') as hash from transaction where org_id = $1 and seq = $2",
    [organizationId, seq],
  );
  return { balance: credits(rows[0]?.balance_after ?? 0n), hash: String(rows[0]?.hash ?? "0".repeat(64)) };
}

async function sumOf(
  database: OrganizationDatabase,
  { organizationId }: Account,
  type: TransactionType,
  { after, last }: SeqRange,
): Promise<TypeSum> {
  const { rows } = await database.query(
    `select sum(amount)::bigint as amount from transaction
     where org_id = $1 and type = $2 and type_seq > $3 and type_seq <= $4`,
    [organizationId, type, after, last],
  );
  return { type, count: last - after, amount: credits(rows[0].amount) };
}

async function entriesOf(
  database: OrganizationDatabase,
  { organizationId }: Account,
  type: TransactionType,
  { after, last }: SeqRange,
): Promise<Transaction[]> {
  const { rows } = await database.query(
    `select ${transactionColumns("t")} from transaction t
     where t.org_id = $1 and t.type = $2 and t.type_seq > $3 and t.type_seq <= $4 order by t.type_seq limit $5`,
    [organizationId, type, after, last, ENTRIES_MAX],
  );
  return rows.map(transactionFromRow);
}
