import type pg from "pg";
import { placeAfter, weaveNews } from "../domain/charging/implied-news.ts";
import { type BalanceStatus, balanceStatus } from "../domain/ledger/account.ts";
import { findAccount } from "./accounts.ts";
import type { OrganizationDatabase, OrganizationDatabases } from "./organization-database.ts";
import { type OutboxReader, passedByAll } from "./outbox-cursor.ts";
import { ENTRY_COLUMNS, ENTRY_JOINS, entryFromRow, type OutboxEntry } from "./outbox-rows.ts";
import { transactionColumns, transactionFromRow } from "./posting/transaction-rows.ts";

/** Reads the outbox for the live stream. Sequences are dense per organization and become visible in their order, because the account is
 *  locked from the moment a number is taken until it is committed: who has read up to N has missed nothing before.
 *  Source: design.md, Outbox. */
export function createOutboxReader(databases: OrganizationDatabases) {
  return {
    /** The oldest entries after `afterSeq`, at most `limit`, with what they tell of. */
    async read(organizationId: string, afterSeq: bigint, limit: number): Promise<LiveEntry[]> {
      const database = databases.of(organizationId);
      const entries = await entriesAfter(database, afterSeq, limit);
      if (entries.length === 0) return [];
      // After the entries: whatever it says of the last one's number, it cannot be older than that.
      const account = await findAccount(database);
      if (account === null) throw new Error(`${organizationId} has news but no account`);
      return entries.map((entry) => ({
        ...entry,
        status: balanceStatus({ ...account, balance: entry.news.balance }),
        activeSessions: entry.news.seq === account.newsSeq ? account.activeSessions : null,
      }));
    },

    /** The number of the organization's last entry; 0 when it has no account yet. */
    async lastSeq(organizationId: string): Promise<bigint> {
      const database = databases.of(organizationId);
      const { rows } = await database.query("select news_seq from account where org_id = $1", [
        organizationId,
      ]);
      return rows.length === 0 ? 0n : rows[0].news_seq;
    },
  };
}

/** The numbers of many organizations' last entries; those without an account are left out. */
export async function lastNewsSeqs(
  pool: pg.Pool,
  organizationIds: readonly string[],
): Promise<Map<string, bigint>> {
  const { rows } = await pool.query("select org_id, news_seq from account where org_id = any($1::text[])", [
    organizationIds,
  ]);
  return new Map(rows.map((row) => [row.org_id, row.news_seq]));
}

/** An entry as the stream shows it. */
export type LiveEntry = OutboxEntry & {
  readonly status: BalanceStatus;
  /** Known for the organization's last entry alone; null for earlier ones. */
  readonly activeSessions: number | null;
};

/** What is written down, and what transactions imply between it. */
async function entriesAfter(
  database: OrganizationDatabase,
  afterSeq: bigint,
  limit: number,
): Promise<readonly OutboxEntry[]> {
  const { organizationId } = database;
  const { rows } = await database.query(WRITTEN, [organizationId, afterSeq, limit]);
  const [row] = rows;
  if (row === undefined) return [];
  const written = rows.filter(({ n_seq }) => n_seq !== null).map(entryFromRow);
  const before = written.filter(({ news }) => news.seq <= afterSeq).at(-1)?.news ?? null;
  const after = written.filter(({ news }) => news.seq > afterSeq);
  const place = placeAfter(afterSeq, before, after[0]?.news ?? null);
  // What was posted since the entries were read may have other entries before it.
  const posted = await database.query(POSTED, [organizationId, place.postedSeq, row.posted, limit]);
  return weaveNews(place, after, posted.rows.map(transactionFromRow), (news, transaction) => ({
    organizationId,
    news,
    createdAt: transaction.recordedAt,
    transaction,
    session: null,
  })).slice(0, limit);
}

/** Removes news that nobody needs any more. @param readers who must have read it first. */
export function createOutboxEraser(pool: pg.Pool, readers: readonly OutboxReader[]) {
  const deleteOld = deleteOldStatement(readers);
  return {
    /** A page of organizations after the one named ("" for the first), in order, and whether their oldest entry is
     *  older than `keepForMs`. Empty at the end. */
    async listOrganizations(afterId: string, keepForMs: number, limit: number): Promise<OutboxAge[]> {
      const { rows } = await pool.query(OLDEST, [afterId, keepForMs, limit]);
      return rows.map((row) => ({ organizationId: row.org_id, hasOldNews: row.has_old_news }));
    },

    /** Deletes at most `limit` of the organization's oldest entries that are older than `keepForMs` and read by every
     *  reader. @returns how many. */
    async deleteOld(organizationId: string, keepForMs: number, limit: number): Promise<number> {
      const { rowCount } = await pool.query(deleteOld, [organizationId, keepForMs, limit]);
      return rowCount ?? 0;
    },
  };
}

export type OutboxAge = { readonly organizationId: string; readonly hasOldNews: boolean };

// With the last entry up to $2, which tells whose the numbers after it are, and the account's last transaction by then.
const WRITTEN = `select a.seq as posted, ${ENTRY_COLUMNS} from account a
  left join lateral (
    (select * from outbox where org_id = a.org_id and seq <= $2 order by seq desc limit 1)
    union all (select * from outbox where org_id = a.org_id and seq > $2 order by seq limit $3)
  ) n on true ${ENTRY_JOINS}
  where a.org_id = $1 order by n.seq`;
// Without its limit, a plan may go through the whole table for the first numbers (docs/decisions/0006).
const POSTED = `select ${transactionColumns("t")} from transaction t
  where t.org_id = $1 and t.seq > $2 and t.seq <= $3 order by t.seq limit $4`;

// An entry is needed until the one after it is old: news since then is numbered by it.
const OLDEST = `select a.org_id, coalesce(o.created_at < now() - $2 * interval '1 millisecond', false) as has_old_news
  from account a
  left join lateral (select created_at from outbox where org_id = a.org_id order by seq limit 1 offset 1) o on true
  where a.org_id > $1 order by a.org_id limit $3`;

// An account's time never goes back, so the oldest entries are the first ones: no index on the time is needed.
const deleteOldStatement = (readers: readonly OutboxReader[]) => `delete from outbox o using (
    select seq, lead(created_at) over (order by seq) as next_created_at
    from (select seq, created_at from outbox where org_id = $1 order by seq limit $3 + 1) oldest
  ) first
  where o.org_id = $1 and o.seq = first.seq and first.next_created_at < now() - $2 * interval '1 millisecond'
    and ${passedByAll(readers)}`;
