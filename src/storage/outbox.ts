import type pg from "pg";
import { type BalanceStatus, balanceStatus } from "../domain/ledger/account.ts";
import { findAccount } from "./accounts.ts";
import { type OutboxReader, passedByAll } from "./outbox-cursor.ts";
import { ENTRY_COLUMNS, ENTRY_JOINS, entryFromRow, type OutboxEntry } from "./outbox-rows.ts";

/** Reads the outbox for the live stream. Sequences are dense per organization and become visible in their order, because the account is
 *  locked from the moment a number is taken until it is committed: who has read up to N has missed nothing before.
 *  Source: design.md, Outbox. */
export function createOutboxReader(pool: pg.Pool) {
  return {
    /** The oldest entries after `afterSeq`, at most `limit`, with what they tell of. */
    async read(organizationId: string, afterSeq: bigint, limit: number): Promise<LiveEntry[]> {
      const { rows } = await pool.query(ENTRIES, [organizationId, afterSeq, limit]);
      if (rows.length === 0) return [];
      // After the entries: whatever it says of the last one's number, it cannot be older than that.
      const account = await findAccount(pool, organizationId);
      if (account === null) throw new Error(`${organizationId} has news but no account`);
      return rows.map((row) => {
        const entry = entryFromRow(row);
        return {
          ...entry,
          status: balanceStatus({ ...account, balance: entry.news.balance }),
          activeSessions: entry.news.seq === account.newsSeq ? account.activeSessions : null,
        };
      });
    },

    /** The number of the organization's last entry; 0 when it has no account yet. */
    async lastSeq(organizationId: string): Promise<bigint> {
      const { rows } = await pool.query("select news_seq from account where org_id = $1", [organizationId]);
      return rows.length === 0 ? 0n : rows[0].news_seq;
    },

    /** The same for many organizations; those without an account are left out. */
    async lastSeqs(organizationIds: readonly string[]): Promise<Map<string, bigint>> {
      const { rows } = await pool.query(
        "select org_id, news_seq from account where org_id = any($1::text[])",
        [organizationIds],
      );
      return new Map(rows.map((row) => [row.org_id, row.news_seq]));
    },
  };
}

/** An entry as the stream shows it. */
export type LiveEntry = OutboxEntry & {
  readonly status: BalanceStatus;
  /** Known for the organization's last entry alone; null for earlier ones. */
  readonly activeSessions: number | null;
};

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

const ENTRIES = `select ${ENTRY_COLUMNS} from outbox n ${ENTRY_JOINS}
  where n.org_id = $1 and n.seq > $2 order by n.seq limit $3`;

const OLDEST = `select a.org_id, coalesce(o.created_at < now() - $2 * interval '1 millisecond', false) as has_old_news
  from account a
  left join lateral (select created_at from outbox where org_id = a.org_id order by seq limit 1) o on true
  where a.org_id > $1 order by a.org_id limit $3`;

// An account's time never goes back, so the oldest entries are the first ones: no index on the time is needed.
const deleteOldStatement = (readers: readonly OutboxReader[]) => `delete from outbox o using (
    select seq, created_at from outbox where org_id = $1 order by seq limit $3
  ) first
  where o.org_id = $1 and o.seq = first.seq and first.created_at < now() - $2 * interval '1 millisecond'
    and ${passedByAll(readers)}`;
